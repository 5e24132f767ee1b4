// OffsetCommit (8): stores how far a group has read.
// Static members since v7 (KIP-345), new groups' member epochs since v9 (KIP-848), topics by id since v10 (KIP-848).
import { api, array, int16, int32, int64, nullable, string, uuid } from "../declaration.js";

export const OffsetCommit = api({
  key: 8,
  name: "OffsetCommit",
  versions: "2-10",
  flexible: "8+",
  request: {
    groupId: string(),
    generationIdOrMemberEpoch: int32({ default: -1 }),
    memberId: string(),
    groupInstanceId: nullable(string("7+")),
    retentionTimeMs: int64("2-4", { default: -1, ignorable: true }),
    topics: array({
      name: string("0-9", { ignorable: true }),
      topicId: uuid("10+", { ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32("6+", { default: -1, ignorable: true }),
        committedMetadata: nullable(string()),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32("3+", { ignorable: true }),
    topics: array({
      name: string("0-9", { ignorable: true }),
      topicId: uuid("10+", { ignorable: true }),
      partitions: array({ partitionIndex: int32(), errorCode: int16() }),
    }),
  },
});
