// OffsetForLeaderEpoch (23): where a leader epoch ends, so that a reader can tell that its log was truncated (KIP-101, KIP-320).
import { api, array, int16, int32, int64, string } from "../declaration.js";

export const OffsetForLeaderEpoch = api({
  key: 23,
  name: "OffsetForLeaderEpoch",
  versions: "2-4",
  flexible: "4+",
  request: {
    replicaId: int32("3+", { default: -2, ignorable: true }),
    topics: array({
      topic: string(),
      partitions: array({ partition: int32(), currentLeaderEpoch: int32({ default: -1 }), leaderEpoch: int32() }),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    topics: array({
      topic: string(),
      partitions: array({ errorCode: int16(), partition: int32(), leaderEpoch: int32({ default: -1 }), endOffset: int64({ default: -1 }) }),
    }),
  },
});
