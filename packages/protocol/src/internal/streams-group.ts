// Streams groups in __consumer_offsets (KIP-1071): topology, epochs, members and tasks.
import {
  array,
  bigint64,
  emptyByDefault,
  int8,
  int16,
  int32,
  int64,
  message,
  nullable,
  string,
  struct,
  tagged,
  uint16,
} from "../declaration.js";

export const StreamsGroupMetadataKey = message({
  name: "StreamsGroupMetadataKey",
  recordType: 17,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

const lastAssignmentConfig = { key: string(), value: string() };

export const StreamsGroupMetadataValue = message({
  name: "StreamsGroupMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    epoch: int32(),
    metadataHash: bigint64(),
    validatedTopologyEpoch: tagged(0, int32({ default: -1 })),
    lastAssignmentConfigs: tagged(1, emptyByDefault(nullable(array(lastAssignmentConfig)))),
  },
});

export const StreamsGroupMemberMetadataKey = message({
  name: "StreamsGroupMemberMetadataKey",
  recordType: 19,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

const endpoint = { host: string(), port: uint16() };
const keyValue = { key: string(), value: string() };

export const StreamsGroupMemberMetadataValue = message({
  name: "StreamsGroupMemberMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    instanceId: nullable(string()),
    rackId: nullable(string()),
    clientId: string(),
    clientHost: string(),
    rebalanceTimeoutMs: int32({ default: -1 }),
    topologyEpoch: int32(),
    processId: string(),
    userEndpoint: nullable(struct(endpoint)),
    clientTags: array(keyValue),
  },
});

export const StreamsGroupTargetAssignmentMetadataKey = message({
  name: "StreamsGroupTargetAssignmentMetadataKey",
  recordType: 20,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

export const StreamsGroupTargetAssignmentMetadataValue = message({
  name: "StreamsGroupTargetAssignmentMetadataValue",
  versions: "0",
  flexible: "0+",
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: tagged(0, int64({ default: 0 })),
  },
});

export const StreamsGroupTargetAssignmentMemberKey = message({
  name: "StreamsGroupTargetAssignmentMemberKey",
  recordType: 21,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

const taskIds = { subtopologyId: string(), partitions: array(int32()) };

export const StreamsGroupTargetAssignmentMemberValue = message({
  name: "StreamsGroupTargetAssignmentMemberValue",
  versions: "0",
  flexible: "0+",
  fields: {
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
  },
});

export const StreamsGroupCurrentMemberAssignmentKey = message({
  name: "StreamsGroupCurrentMemberAssignmentKey",
  recordType: 22,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

const currentTaskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
  assignmentEpochs: tagged(0, emptyByDefault(nullable(array(int32())))),
};

export const StreamsGroupCurrentMemberAssignmentValue = message({
  name: "StreamsGroupCurrentMemberAssignmentValue",
  versions: "0",
  flexible: "0+",
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    activeTasks: array(currentTaskIds),
    standbyTasks: array(currentTaskIds),
    warmupTasks: array(currentTaskIds),
    activeTasksPendingRevocation: array(currentTaskIds),
    standbyTasksPendingRevocation: array(currentTaskIds),
    warmupTasksPendingRevocation: array(currentTaskIds),
  },
});

export const StreamsGroupTopologyKey = message({
  name: "StreamsGroupTopologyKey",
  recordType: 23,
  versions: "0",
  flexible: "none",
  fields: {
    groupId: string(),
  },
});

const topicConfig = { key: string(), value: string() };
const topicInfo = { name: string(), partitions: int32(), replicationFactor: int16(), topicConfigs: array(topicConfig) };

export const StreamsGroupTopologyValue = message({
  name: "StreamsGroupTopologyValue",
  versions: "0",
  flexible: "0+",
  fields: {
    epoch: int32(),
    subtopologies: array({
      subtopologyId: string(),
      sourceTopics: array(string()),
      sourceTopicRegex: array(string()),
      stateChangelogTopics: array(topicInfo),
      repartitionSinkTopics: array(string()),
      repartitionSourceTopics: array(topicInfo),
      copartitionGroups: array({ sourceTopics: array(int16()), sourceTopicRegex: array(int16()), repartitionSourceTopics: array(int16()) }),
    }),
  },
});
