// What a ConsumerGroupHeartbeat must look like, whatever the state of the group.
import type { ConsumerGroupHeartbeatCommand } from "../commands.js";
import type { World } from "../world.js";
import { AWAY_EPOCH, JOINING_EPOCH, LEAVING_EPOCH } from "./member.js";
import { type Refusal, refusal } from "./refusal.js";

/** Since then members make their ids themselves. */
const CLIENT_MAKES_IDS = 1;

export function brokenRule({ request, caller }: ConsumerGroupHeartbeatCommand, { config }: World): Refusal | undefined {
  const { memberEpoch, memberId, groupId, instanceId, rackId, serverAssignor } = request;
  const needsId = caller.version >= CLIENT_MAKES_IDS || memberEpoch > JOINING_EPOCH || memberEpoch === LEAVING_EPOCH;
  if (needsId && isBlank(memberId)) return invalid("The member id must not be empty.");
  if (isBlank(groupId)) return invalid("The group id must not be empty.");
  if (instanceId !== null && isBlank(instanceId)) return invalid("The instance id must not be empty.");
  if (rackId !== null && isBlank(rackId)) return invalid("The rack id must not be empty.");
  if (memberEpoch < AWAY_EPOCH) return invalid(`The member epoch cannot be ${memberEpoch}.`);
  if (memberEpoch === AWAY_EPOCH && instanceId === null)
    return invalid("Only a static member can leave for a while: the instance id is missing.");
  const joining = memberEpoch === JOINING_EPOCH ? brokenJoiningRule(request) : undefined;
  if (joining) return joining;
  if (serverAssignor !== null && !config.groupConsumerAssignors.includes(serverAssignor)) {
    const known = config.groupConsumerAssignors.join(", ");
    return refusal("UNSUPPORTED_ASSIGNOR", `There is no assignor ${serverAssignor}; there are: ${known}.`);
  }
  return undefined;
}

function brokenJoiningRule(request: ConsumerGroupHeartbeatCommand["request"]): Refusal | undefined {
  if (request.rebalanceTimeoutMs === -1) return invalid("A member that joins must give its rebalance timeout.");
  if (request.topicPartitions?.length !== 0) return invalid("A member that joins must say that it owns no partitions.");
  if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null)
    return invalid("A member that joins must subscribe to names or to a regular expression.");
  return undefined;
}

const isBlank = (text: string): boolean => text === "" || text.trim() === "";

const invalid = (message: string): Refusal => refusal("INVALID_REQUEST", message);
