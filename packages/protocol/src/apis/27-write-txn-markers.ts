// WriteTxnMarkers (27): writes the commit or abort markers of transactions into partitions (KIP-98).
// Also what an administrator uses to abort a hanging transaction (KIP-664).
import { api, array, bool, int8, int16, int32, int64, string } from "../declaration.js";

export const WriteTxnMarkers = api({
  key: 27,
  name: "WriteTxnMarkers",
  versions: "1-2",
  flexible: "1+",
  request: {
    markers: array({
      producerId: int64(),
      producerEpoch: int16(),
      transactionResult: bool(),
      topics: array({ name: string(), partitionIndexes: array(int32()) }),
      coordinatorEpoch: int32(),
      transactionVersion: int8("2+", { default: 0, ignorable: true }),
    }),
  },
  response: {
    markers: array({
      producerId: int64(),
      topics: array({ name: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
    }),
  },
});
