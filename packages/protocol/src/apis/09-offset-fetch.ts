// OffsetFetch (9): reads how far a group has read.
// Stable offsets only, on demand, since v7 (KIP-447); several groups at once since v8 (KIP-709); topics by id since v10.
import { api, array, bool, int16, int32, int64, nullable, string, uuid } from "../declaration.js";

export const OffsetFetch = api({
  key: 9,
  name: "OffsetFetch",
  versions: "1-10",
  flexible: "6+",
  request: {
    groupId: string("0-7"),
    topics: nullable(array({ name: string(), partitionIndexes: array(int32()) }, "0-7"), "2-7"),
    groups: array(
      {
        groupId: string(),
        memberId: nullable(string("9+", { ignorable: true })),
        memberEpoch: int32("9+", { default: -1, ignorable: true }),
        topics: nullable(
          array({ name: string("8-9", { ignorable: true }), topicId: uuid("10+", { ignorable: true }), partitionIndexes: array(int32()) }),
        ),
      },
      "8+",
    ),
    requireStable: bool("7+", { default: false }),
  },
  response: {
    throttleTimeMs: int32("3+", { ignorable: true }),
    topics: array(
      {
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          committedOffset: int64(),
          committedLeaderEpoch: int32("5-7", { default: -1, ignorable: true }),
          metadata: nullable(string()),
          errorCode: int16(),
        }),
      },
      "0-7",
    ),
    errorCode: int16("2-7", { default: 0, ignorable: true }),
    groups: array(
      {
        groupId: string(),
        topics: array({
          name: string("8-9", { ignorable: true }),
          topicId: uuid("10+", { ignorable: true }),
          partitions: array({
            partitionIndex: int32(),
            committedOffset: int64(),
            committedLeaderEpoch: int32({ default: -1 }),
            metadata: nullable(string()),
            errorCode: int16(),
          }),
        }),
        errorCode: int16({ default: 0 }),
      },
      "8+",
    ),
  },
});
