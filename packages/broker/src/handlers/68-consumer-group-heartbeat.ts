// ConsumerGroupHeartbeat (68): everything a member of a consumer group says and hears (KIP-848).
import { ConsumerGroupHeartbeat, errors } from "@moldau/protocol";
import { askGroup } from "../groups/ask.js";
import { handler } from "../handler.js";

export const consumerGroupHeartbeat = handler(ConsumerGroupHeartbeat, async (request, context) => {
  const answer = await askGroup(context, request.groupId, "consumerGroupHeartbeat", request);
  if (typeof answer !== "string") return answer;
  const { code, message } = errors[answer];
  return {
    throttleTimeMs: 0,
    errorCode: code,
    errorMessage: message,
    memberId: null,
    memberEpoch: 0,
    heartbeatIntervalMs: 0,
    assignment: null,
  };
});
