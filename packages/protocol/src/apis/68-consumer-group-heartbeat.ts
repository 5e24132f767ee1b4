// ConsumerGroupHeartbeat (68): all that a member of a consumer group says and hears: join, assignment, leave (KIP-848).
// Regular expressions evaluated by the broker, and member ids made by the client, since v1.
import { api, array, int16, int32, nullable, string, struct, uuid } from "../declaration.js";

const topicPartitions = { topicId: uuid(), partitions: array(int32()) };

export const ConsumerGroupHeartbeat = api({
  key: 68,
  name: "ConsumerGroupHeartbeat",
  versions: "0-1",
  flexible: "0+",
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    instanceId: nullable(string()),
    rackId: nullable(string()),
    rebalanceTimeoutMs: int32({ default: -1 }),
    subscribedTopicNames: nullable(array(string())),
    subscribedTopicRegex: nullable(string("1+")),
    serverAssignor: nullable(string()),
    topicPartitions: nullable(array(topicPartitions)),
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
