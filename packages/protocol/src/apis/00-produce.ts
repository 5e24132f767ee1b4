// Produce (0): appends record batches to partitions and says which offsets they got.
// Topics by id since v13 (KIP-516); new leaders hinted since v10 (KIP-951); record errors since v8 (KIP-467).
import { api, array, int16, int32, int64, nullable, records, string, struct, tagged, uuid } from "../declaration.js";

export const Produce = api({
  key: 0,
  name: "Produce",
  versions: "3-13",
  flexible: "9+",
  request: {
    transactionalId: nullable(string()),
    acks: int16(),
    timeoutMs: int32(),
    topicData: array({
      name: string("0-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitionData: array({ index: int32(), records: nullable(records()) }),
    }),
  },
  response: {
    responses: array({
      name: string("0-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitionResponses: array({
        index: int32(),
        errorCode: int16(),
        baseOffset: int64(),
        logAppendTimeMs: int64({ default: -1 }),
        logStartOffset: int64("5+", { default: -1, ignorable: true }),
        recordErrors: array({ batchIndex: int32(), batchIndexErrorMessage: nullable(string()) }, "8+", { ignorable: true }),
        errorMessage: nullable(string("8+", { ignorable: true })),
        currentLeader: tagged(0, struct({ leaderId: int32({ default: -1 }), leaderEpoch: int32({ default: -1 }) }, "10+")),
      }),
    }),
    throttleTimeMs: int32({ default: 0 }),
    nodeEndpoints: tagged(0, array({ nodeId: int32(), host: string(), port: int32(), rack: nullable(string()) }, "10+")),
  },
});
