// DeleteGroups (42): groups that nobody is in go, and what they committed with them (KIP-229).
import { DeleteGroups, errors } from "@moldau/protocol";
import { askGroup } from "../groups/ask.js";
import { handler } from "../handler.js";

export const deleteGroups = handler(DeleteGroups, async ({ groupsNames }, context) => {
  const named = [...new Set(groupsNames)];
  const results = await Promise.all(
    named.map(async (groupId) => {
      const answer = await askGroup(context, groupId, "deleteGroup", { groupId });
      return { groupId, errorCode: typeof answer === "string" ? errors[answer].code : answer };
    }),
  );
  return { throttleTimeMs: 0, results };
});
