// ConsumerGroupDescribe (69): state, members and assignments of consumer groups (KIP-848).
import { undescribedConsumerGroup } from "@moldau/coordinators";
import { ConsumerGroupDescribe } from "@moldau/protocol";
import { askGroup } from "../groups/ask.js";
import { describeEach } from "../groups/describe-each.js";
import { type Context, handler } from "../handler.js";

export const consumerGroupDescribe = handler(ConsumerGroupDescribe, async (request, context) => ({
  throttleTimeMs: 0,
  groups: await describeEach(request.groupIds, request.includeAuthorizedOperations, (groupId) => describe(groupId, context)),
}));

async function describe(groupId: string, context: Context) {
  const answer = await askGroup(context, groupId, "describeConsumerGroup", { groupId });
  return typeof answer === "string" ? undescribedConsumerGroup(groupId, answer) : answer;
}
