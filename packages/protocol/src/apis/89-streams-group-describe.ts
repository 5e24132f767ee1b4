// StreamsGroupDescribe (89): state, topology, members and tasks of streams groups (KIP-1071).
import { api, array, bool, int16, int32, int64, nullable, string, struct, uint16 } from "../declaration.js";

const endpoint = { host: string(), port: uint16() };
const taskOffset = { subtopologyId: string(), partition: int32(), offset: int64() };
const taskIds = { subtopologyId: string(), partitions: array(int32()) };
const assignment = { activeTasks: array(taskIds), standbyTasks: array(taskIds), warmupTasks: array(taskIds) };
const keyValue = { key: string(), value: string() };
const topicInfo = { name: string(), partitions: int32(), replicationFactor: int16(), topicConfigs: array(keyValue) };

export const StreamsGroupDescribe = api({
  key: 89,
  name: "StreamsGroupDescribe",
  versions: "0",
  flexible: "0+",
  request: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    groups: array({
      errorCode: int16(),
      errorMessage: nullable(string()),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      topology: nullable(
        struct({
          epoch: int32(),
          subtopologies: nullable(
            array({
              subtopologyId: string(),
              sourceTopics: array(string()),
              repartitionSinkTopics: array(string()),
              stateChangelogTopics: array(topicInfo),
              repartitionSourceTopics: array(topicInfo),
            }),
          ),
        }),
      ),
      members: array({
        memberId: string(),
        memberEpoch: int32(),
        instanceId: nullable(string()),
        rackId: nullable(string()),
        clientId: string(),
        clientHost: string(),
        topologyEpoch: int32(),
        processId: string(),
        userEndpoint: nullable(struct(endpoint)),
        clientTags: array(keyValue),
        taskOffsets: array(taskOffset),
        taskEndOffsets: array(taskOffset),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        isClassic: bool(),
      }),
      authorizedOperations: int32({ default: -0x8000_0000 }),
    }),
  },
});
