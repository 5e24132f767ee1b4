// LeaveGroup (13): members go, or are taken out.
import { errors, LeaveGroup } from "@moldau/protocol";
import { askGroup } from "../groups/ask.js";
import { handler } from "../handler.js";

export const leaveGroup = handler(LeaveGroup, async (request, context) => {
  const answer = await askGroup(context, request.groupId, "leaveGroup", request);
  return typeof answer === "string" ? { throttleTimeMs: 0, errorCode: errors[answer].code, members: [] } : answer;
});
