// DescribeShareGroupOffsets (90): where share groups start to deliver in each partition (KIP-932).
// The lag since v1 (KIP-1226).
import { api, array, int16, int32, int64, nullable, string, uuid } from "../declaration.js";

export const DescribeShareGroupOffsets = api({
  key: 90,
  name: "DescribeShareGroupOffsets",
  versions: "0-1",
  flexible: "0+",
  request: {
    groups: array({ groupId: string(), topics: nullable(array({ topicName: string(), partitions: array(int32()) })) }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    groups: array({
      groupId: string(),
      topics: array({
        topicName: string(),
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
          startOffset: int64(),
          leaderEpoch: int32(),
          lag: int64("1+", { default: -1, ignorable: true }),
          errorCode: int16(),
          errorMessage: nullable(string()),
        }),
      }),
      errorCode: int16(),
      errorMessage: nullable(string()),
    }),
  },
});
