// ShareGroupDescribe (77): state, members and assignments of share groups (KIP-932).
import { api, array, bool, int16, int32, nullable, string, struct, uuid } from "../declaration.js";

const topicPartitions = { topicId: uuid(), topicName: string(), partitions: array(int32()) };
const assignment = { topicPartitions: array(topicPartitions) };

export const ShareGroupDescribe = api({
  key: 77,
  name: "ShareGroupDescribe",
  versions: "1",
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
        rackId: nullable(string()),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        assignment: struct(assignment),
      }),
      authorizedOperations: int32({ default: -0x8000_0000 }),
    }),
  },
});
