// SyncGroup (14): the leader brings the assignment, and every member waits for its part of it.
import { syncRefused } from "@moldau/coordinators";
import { SyncGroup } from "@moldau/protocol";
import { askGroup, kept } from "../groups/ask.js";
import { handler } from "../handler.js";

export const syncGroup = handler(SyncGroup, async (asked, context) => {
  const request = {
    ...asked,
    assignments: asked.assignments.map(({ memberId, assignment }) => ({ memberId, assignment: kept(assignment) })),
  };
  context.releaseRequest();
  const answer = await askGroup(context, request.groupId, "syncGroup", request);
  return typeof answer === "string" ? syncRefused(answer) : answer;
});
