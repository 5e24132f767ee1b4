// ListOffsets (2): finds offsets by time, or the first, last and other special ones of a partition.
// Isolation level since v2, special timestamps below -2 from v7 on (KIP-734, KIP-405, KIP-1005, KIP-1023), a timeout for remote look-ups since v10 (KIP-1075).
import { api, array, int8, int16, int32, int64, string } from "../declaration.js";

export const ListOffsets = api({
  key: 2,
  name: "ListOffsets",
  versions: "1-11",
  flexible: "6+",
  request: {
    replicaId: int32(),
    isolationLevel: int8("2+"),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), currentLeaderEpoch: int32("4+", { default: -1, ignorable: true }), timestamp: int64() }),
    }),
    timeoutMs: int32("10+", { ignorable: true }),
  },
  response: {
    throttleTimeMs: int32("2+", { ignorable: true }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        timestamp: int64({ default: -1 }),
        offset: int64({ default: -1 }),
        leaderEpoch: int32("4+", { default: -1 }),
      }),
    }),
  },
});
