// Share groups in __consumer_offsets (KIP-932): epochs, members and assignments.
import { array, bigint64, int8, int32, int64, message, nullable, string, tagged, uuid } from "../declaration.js";

export const ShareGroupMemberMetadataKey = message({
  name: "ShareGroupMemberMetadataKey",
  recordType: 10,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

export const ShareGroupMemberMetadataValue = message({
  name: "ShareGroupMemberMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    rackId: nullable(string()),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
  },
});

export const ShareGroupMetadataKey = message({
  name: "ShareGroupMetadataKey",
  recordType: 11,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

export const ShareGroupMetadataValue = message({
  name: "ShareGroupMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    epoch: int32(),
    metadataHash: bigint64(),
  },
});

export const ShareGroupTargetAssignmentMetadataKey = message({
  name: "ShareGroupTargetAssignmentMetadataKey",
  recordType: 12,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

export const ShareGroupTargetAssignmentMetadataValue = message({
  name: "ShareGroupTargetAssignmentMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: tagged(0, int64({ default: 0 })),
  },
});

export const ShareGroupTargetAssignmentMemberKey = message({
  name: "ShareGroupTargetAssignmentMemberKey",
  recordType: 13,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

export const ShareGroupTargetAssignmentMemberValue = message({
  name: "ShareGroupTargetAssignmentMemberValue",
  versions: "0",
  flexible: "0+",
  fields: {
    topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }),
  },
});

export const ShareGroupCurrentMemberAssignmentKey = message({
  name: "ShareGroupCurrentMemberAssignmentKey",
  recordType: 14,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

const topicPartitions = { topicId: uuid(), partitions: array(int32()) };

export const ShareGroupCurrentMemberAssignmentValue = message({
  name: "ShareGroupCurrentMemberAssignmentValue",
  versions: "0",
  flexible: "0+",
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: array(topicPartitions),
  },
});

export const ShareGroupStatePartitionMetadataKey = message({
  name: "ShareGroupStatePartitionMetadataKey",
  recordType: 15,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

const topicPartitionsInfo = { topicId: uuid(), topicName: string(), partitions: array(int32()) };
const topicInfo = { topicId: uuid(), topicName: string() };

export const ShareGroupStatePartitionMetadataValue = message({
  name: "ShareGroupStatePartitionMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    initializingTopics: array(topicPartitionsInfo),
    initializedTopics: array(topicPartitionsInfo),
    deletingTopics: array(topicInfo),
  },
});
