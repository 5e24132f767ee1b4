// DescribeGroups (15): state, protocol and members of classic groups.
import { DescribeGroups, errors } from "@moldau/protocol";
import { askGroup } from "../groups/ask.js";
import { describeEach } from "../groups/describe-each.js";
import { type Context, handler } from "../handler.js";

export const describeGroups = handler(DescribeGroups, async (request, context) => ({
  throttleTimeMs: 0,
  groups: await describeEach(request.groups, request.includeAuthorizedOperations, (groupId) => describe(groupId, context)),
}));

async function describe(groupId: string, context: Context) {
  const answer = await askGroup(context, groupId, "describeGroup", { groupId });
  if (typeof answer !== "string") return answer;
  const { code, message } = errors[answer];
  return { errorCode: code, errorMessage: message, groupId, groupState: "", protocolType: "", protocolData: "", members: [] };
}
