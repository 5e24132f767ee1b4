// ListGroups (16): the groups that this broker coordinates. While some are being loaded, the list would not be whole.
import { errors, ListGroups, type ResponseInput } from "@moldau/protocol";
import { askCoordinator } from "../groups/ask.js";
import { handler } from "../handler.js";

type Listed = ResponseInput<typeof ListGroups>["groups"];

export const listGroups = handler(ListGroups, async (request, context) => {
  const lists = await Promise.all(
    context.services.groups.all().map((coordinator) => askCoordinator(context, coordinator, "listGroups", request)),
  );
  const groups: Listed[number][] = [];
  for (const list of lists) {
    if (typeof list === "string") return { throttleTimeMs: 0, errorCode: errors[list].code, groups: [] };
    groups.push(...list);
  }
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, groups };
});
