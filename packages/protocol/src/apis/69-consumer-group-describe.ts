// ConsumerGroupDescribe (69): state, members and assignments of consumer groups (KIP-848).
// Members' types since v1 (KIP-1099).
import { api, array, bool, int8, int16, int32, nullable, string, struct, uuid } from "../declaration.js";

const topicPartitions = { topicId: uuid(), topicName: string(), partitions: array(int32()) };
const assignment = { topicPartitions: array(topicPartitions) };

export const ConsumerGroupDescribe = api({
  key: 69,
  name: "ConsumerGroupDescribe",
  versions: "0-1",
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
      assignorName: string(),
      members: array({
        memberId: string(),
        instanceId: nullable(string()),
        rackId: nullable(string()),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        subscribedTopicRegex: nullable(string()),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        memberType: int8("1+", { default: -1, ignorable: true }),
      }),
      authorizedOperations: int32({ default: -0x8000_0000 }),
    }),
  },
});
