// Consumer groups in __consumer_offsets (KIP-848): epochs, members, target and current assignments, each under a key of its own.
import {
  array,
  bigint64,
  bytes,
  emptyByDefault,
  int8,
  int32,
  int64,
  message,
  nullable,
  string,
  struct,
  tagged,
  uuid,
} from "../declaration.js";

export const ConsumerGroupMetadataKey = message({
  name: "ConsumerGroupMetadataKey",
  recordType: 3,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

export const ConsumerGroupMetadataValue = message({
  name: "ConsumerGroupMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    epoch: int32(),
    metadataHash: tagged(0, bigint64({ default: 0n })),
  },
});

export const ConsumerGroupPartitionMetadataKey = message({
  name: "ConsumerGroupPartitionMetadataKey",
  recordType: 4,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

export const ConsumerGroupPartitionMetadataValue = message({
  name: "ConsumerGroupPartitionMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    topics: array({
      topicId: uuid(),
      topicName: string(),
      numPartitions: int32(),
      partitionMetadata: array({ partition: int32(), racks: array(string()) }),
    }),
  },
});

export const ConsumerGroupMemberMetadataKey = message({
  name: "ConsumerGroupMemberMetadataKey",
  recordType: 5,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

export const ConsumerGroupMemberMetadataValue = message({
  name: "ConsumerGroupMemberMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    instanceId: nullable(string()),
    rackId: nullable(string()),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
    subscribedTopicRegex: nullable(string()),
    rebalanceTimeoutMs: int32({ default: -1 }),
    serverAssignor: nullable(string()),
    classicMemberMetadata: tagged(
      0,
      emptyByDefault(nullable(struct({ sessionTimeoutMs: int32(), supportedProtocols: array({ name: string(), metadata: bytes() }) }))),
    ),
  },
});

export const ConsumerGroupTargetAssignmentMetadataKey = message({
  name: "ConsumerGroupTargetAssignmentMetadataKey",
  recordType: 6,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

export const ConsumerGroupTargetAssignmentMetadataValue = message({
  name: "ConsumerGroupTargetAssignmentMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: tagged(0, int64({ default: 0 })),
  },
});

export const ConsumerGroupTargetAssignmentMemberKey = message({
  name: "ConsumerGroupTargetAssignmentMemberKey",
  recordType: 7,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

export const ConsumerGroupTargetAssignmentMemberValue = message({
  name: "ConsumerGroupTargetAssignmentMemberValue",
  versions: "0",
  flexible: "0+",
  fields: {
    topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }),
  },
});

export const ConsumerGroupCurrentMemberAssignmentKey = message({
  name: "ConsumerGroupCurrentMemberAssignmentKey",
  recordType: 8,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
  assignmentEpochs: tagged(0, emptyByDefault(nullable(array(int32())))),
};

export const ConsumerGroupCurrentMemberAssignmentValue = message({
  name: "ConsumerGroupCurrentMemberAssignmentValue",
  versions: "0",
  flexible: "0+",
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: array(topicPartitions),
    partitionsPendingRevocation: array(topicPartitions),
  },
});

export const ConsumerGroupRegularExpressionKey = message({
  name: "ConsumerGroupRegularExpressionKey",
  recordType: 16,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    regularExpression: string(),
  },
});

export const ConsumerGroupRegularExpressionValue = message({
  name: "ConsumerGroupRegularExpressionValue",
  versions: "0",
  flexible: "0+",
  fields: {
    topics: array(string()),
    version: int64(),
    timestamp: int64(),
  },
});
