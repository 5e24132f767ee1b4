// Fetch (1): reads record batches, waiting for enough of them when asked to.
// Sessions since v7 (KIP-227), rack-aware since v11 (KIP-392), topics by id since v13 (KIP-516), leader hints since v16 (KIP-951).
import { api, array, bigint64, int8, int16, int32, int64, nullable, records, string, struct, tagged, uuid } from "../declaration.js";

export const Fetch = api({
  key: 1,
  name: "Fetch",
  versions: "4-18",
  flexible: "12+",
  request: {
    clusterId: tagged(0, nullable(string("12+", { ignorable: true }))),
    replicaId: int32("0-14", { default: -1 }),
    replicaState: tagged(1, struct({ replicaId: int32({ default: -1 }), replicaEpoch: int64({ default: -1 }) }, "15+")),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32({ default: 0x7fff_ffff }),
    isolationLevel: int8({ default: 0 }),
    sessionId: int32("7+", { default: 0, ignorable: true }),
    sessionEpoch: int32("7+", { default: -1, ignorable: true }),
    topics: array({
      topic: string("0-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32("9+", { default: -1, ignorable: true }),
        fetchOffset: int64(),
        lastFetchedEpoch: int32("12+", { default: -1 }),
        logStartOffset: int64("5+", { default: -1, ignorable: true }),
        partitionMaxBytes: int32(),
        replicaDirectoryId: tagged(0, uuid("17+", { ignorable: true })),
        highWatermark: tagged(1, bigint64("18+", { default: 9223372036854775807n, ignorable: true })),
      }),
    }),
    forgottenTopicsData: array(
      { topic: string("7-12", { ignorable: true }), topicId: uuid("13+", { ignorable: true }), partitions: array(int32()) },
      "7+",
    ),
    rackId: string("11+", { default: "", ignorable: true }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16("7+", { ignorable: true }),
    sessionId: int32("7+", { default: 0 }),
    responses: array({
      topic: string("0-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        highWatermark: int64(),
        lastStableOffset: int64({ default: -1 }),
        logStartOffset: int64("5+", { default: -1, ignorable: true }),
        divergingEpoch: tagged(0, struct({ epoch: int32({ default: -1 }), endOffset: int64({ default: -1 }) }, "12+")),
        currentLeader: tagged(1, struct({ leaderId: int32({ default: -1 }), leaderEpoch: int32({ default: -1 }) }, "12+")),
        snapshotId: tagged(2, struct({ endOffset: int64({ default: -1 }), epoch: int32({ default: -1 }) }, "12+")),
        abortedTransactions: nullable(array({ producerId: int64(), firstOffset: int64() })),
        preferredReadReplica: int32("11+", { default: -1 }),
        records: nullable(records()),
      }),
    }),
    nodeEndpoints: tagged(0, array({ nodeId: int32(), host: string(), port: int32(), rack: nullable(string()) }, "16+")),
  },
});
