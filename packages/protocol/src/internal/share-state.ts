// Delivery state of share partitions in __share_group_state (KIP-932): snapshots, and updates between them.
import { array, int8, int16, int32, int64, message, string, tagged, uuid } from "../declaration.js";

export const ShareSnapshotKey = message({
  name: "ShareSnapshotKey",
  recordType: 0,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    topicId: uuid(),
    partition: int32(),
  },
});

export const ShareSnapshotValue = message({
  name: "ShareSnapshotValue",
  versions: "0",
  flexible: "0+",
  fields: {
    snapshotEpoch: int32(),
    stateEpoch: int32(),
    leaderEpoch: int32(),
    startOffset: int64(),
    deliveryCompleteCount: tagged(0, int32({ default: -1 })),
    createTimestamp: int64(),
    writeTimestamp: int64(),
    stateBatches: array({ firstOffset: int64(), lastOffset: int64(), deliveryState: int8(), deliveryCount: int16() }),
  },
});

export const ShareUpdateKey = message({
  name: "ShareUpdateKey",
  recordType: 1,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    topicId: uuid(),
    partition: int32(),
  },
});

export const ShareUpdateValue = message({
  name: "ShareUpdateValue",
  versions: "0",
  flexible: "0+",
  fields: {
    snapshotEpoch: int32(),
    leaderEpoch: int32(),
    startOffset: int64(),
    deliveryCompleteCount: tagged(0, int32({ default: -1 })),
    stateBatches: array({ firstOffset: int64(), lastOffset: int64(), deliveryState: int8(), deliveryCount: int16() }),
  },
});
