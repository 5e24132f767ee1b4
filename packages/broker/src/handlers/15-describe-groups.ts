// DescribeGroups (15): state, protocol and members of classic groups.
import { DescribeGroups, errors, type ResponseInput } from "@moldau/protocol";
import { GROUP_OPERATIONS, OPERATIONS_NOT_ASKED } from "../authorized-operations.js";
import { askGroup } from "../groups/ask.js";
import { type Context, handler } from "../handler.js";

type OneOf<Items> = Items extends readonly (infer Item)[] ? Item : never;
type Described = OneOf<ResponseInput<typeof DescribeGroups>["groups"]>;

export const describeGroups = handler(DescribeGroups, async (request, context) => {
  const authorizedOperations = request.includeAuthorizedOperations ? GROUP_OPERATIONS : OPERATIONS_NOT_ASKED;
  const groups = await Promise.all(request.groups.map((groupId) => describe(groupId, context)));
  return {
    throttleTimeMs: 0,
    groups: groups.map((group) => (group.errorCode === errors.NONE.code ? { ...group, authorizedOperations } : group)),
  };
});

async function describe(groupId: string, context: Context): Promise<Described> {
  const answer = await askGroup(context, groupId, "describeGroup", { groupId });
  if (typeof answer !== "string") return answer;
  const { code, message } = errors[answer];
  return { errorCode: code, errorMessage: message, groupId, groupState: "", protocolType: "", protocolData: "", members: [] };
}
