// ConsumerGroupDescribe (69): state, members and assignments of consumer groups (KIP-848).
import { ConsumerGroupDescribe, errors, type ResponseInput } from "@moldau/protocol";
import { GROUP_OPERATIONS, OPERATIONS_NOT_ASKED } from "../authorized-operations.js";
import { askGroup } from "../groups/ask.js";
import { type Context, handler } from "../handler.js";

type OneOf<Items> = Items extends readonly (infer Item)[] ? Item : never;
type Described = OneOf<ResponseInput<typeof ConsumerGroupDescribe>["groups"]>;

export const consumerGroupDescribe = handler(ConsumerGroupDescribe, async (request, context) => {
  const authorizedOperations = request.includeAuthorizedOperations ? GROUP_OPERATIONS : OPERATIONS_NOT_ASKED;
  const groups = await Promise.all(request.groupIds.map((groupId) => describe(groupId, context)));
  return {
    throttleTimeMs: 0,
    groups: groups.map((group) => (group.errorCode === errors.NONE.code ? { ...group, authorizedOperations } : group)),
  };
});

async function describe(groupId: string, context: Context): Promise<Described> {
  const answer = await askGroup(context, groupId, "describeConsumerGroup", { groupId });
  if (typeof answer !== "string") return answer;
  const { code, message } = errors[answer];
  return {
    errorCode: code,
    errorMessage: message,
    groupId,
    groupState: "",
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: "",
    members: [],
  };
}
