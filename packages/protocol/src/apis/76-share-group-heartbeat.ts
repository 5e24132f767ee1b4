// ShareGroupHeartbeat (76): all that a member of a share group says and hears (KIP-932).
import { api, array, int16, int32, nullable, string, struct, uuid } from "../declaration.js";

const topicPartitions = { topicId: uuid(), partitions: array(int32()) };

export const ShareGroupHeartbeat = api({
  key: 76,
  name: "ShareGroupHeartbeat",
  versions: "1",
  flexible: "0+",
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    rackId: nullable(string()),
    subscribedTopicNames: nullable(array(string())),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: nullable(string()),
    memberId: nullable(string()),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    assignment: nullable(struct({ topicPartitions: array(topicPartitions) })),
  },
});
