// Committed offsets in __consumer_offsets. Keys 0 and 1 mean the same; only 1 is written.
import { int32, int64, message, string, tagged, uuid } from "../declaration.js";

export const LegacyOffsetCommitKey = message({
  name: "LegacyOffsetCommitKey",
  recordType: 0,
  versions: "0",
  flexible: "none",
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
});

export const LegacyOffsetCommitValue = message({
  name: "LegacyOffsetCommitValue",
  versions: "0",
  flexible: "none",
  fields: {
    offset: int64(),
    metadata: string(),
    commitTimestamp: int64(),
  },
});

export const OffsetCommitKey = message({
  name: "OffsetCommitKey",
  recordType: 1,
  versions: "0",
  flexible: "none",
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
});

export const OffsetCommitValue = message({
  name: "OffsetCommitValue",
  versions: "0-4",
  flexible: "4+",
  fields: {
    offset: int64(),
    leaderEpoch: int32("3+", { default: -1, ignorable: true }),
    metadata: string(),
    commitTimestamp: int64(),
    expireTimestamp: int64("1", { default: -1, ignorable: true }),
    topicId: tagged(0, uuid("4+", { ignorable: true })),
  },
});
