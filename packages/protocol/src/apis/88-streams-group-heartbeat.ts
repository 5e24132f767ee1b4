// StreamsGroupHeartbeat (88): all that a member of a streams group says and hears: topology, tasks, end points (KIP-1071).
import { api, array, bool, int8, int16, int32, int64, nullable, string, struct, uint16 } from "../declaration.js";

const keyValue = { key: string(), value: string() };
const topicInfo = { name: string(), partitions: int32(), replicationFactor: int16(), topicConfigs: array(keyValue) };
const endpoint = { host: string(), port: uint16() };
const taskOffset = { subtopologyId: string(), partition: int32(), offset: int64() };
const taskIds = { subtopologyId: string(), partitions: array(int32()) };
const status = { statusCode: int8(), statusDetail: string() };
const topicPartition = { topic: string(), partitions: array(int32()) };

export const StreamsGroupHeartbeat = api({
  key: 88,
  name: "StreamsGroupHeartbeat",
  versions: "0",
  flexible: "0+",
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    endpointInformationEpoch: int32(),
    instanceId: nullable(string()),
    rackId: nullable(string()),
    rebalanceTimeoutMs: int32({ default: -1 }),
    topology: nullable(
      struct({
        epoch: int32(),
        subtopologies: array({
          subtopologyId: string(),
          sourceTopics: array(string()),
          sourceTopicRegex: array(string()),
          stateChangelogTopics: array(topicInfo),
          repartitionSinkTopics: array(string()),
          repartitionSourceTopics: array(topicInfo),
          copartitionGroups: array({
            sourceTopics: array(int16()),
            sourceTopicRegex: array(int16()),
            repartitionSourceTopics: array(int16()),
          }),
        }),
      }),
    ),
    activeTasks: nullable(array(taskIds)),
    standbyTasks: nullable(array(taskIds)),
    warmupTasks: nullable(array(taskIds)),
    processId: nullable(string()),
    userEndpoint: nullable(struct(endpoint)),
    clientTags: nullable(array(keyValue)),
    taskOffsets: nullable(array(taskOffset)),
    taskEndOffsets: nullable(array(taskOffset)),
    shutdownApplication: bool({ default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: nullable(string()),
    memberId: string(),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    acceptableRecoveryLag: int32(),
    taskOffsetIntervalMs: int32(),
    status: nullable(array(status)),
    activeTasks: nullable(array(taskIds)),
    standbyTasks: nullable(array(taskIds)),
    warmupTasks: nullable(array(taskIds)),
    endpointInformationEpoch: int32(),
    partitionsByUserEndpoint: nullable(
      array({ userEndpoint: struct(endpoint), activePartitions: array(topicPartition), standbyPartitions: array(topicPartition) }),
    ),
  },
});
