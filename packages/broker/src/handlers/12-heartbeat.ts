// Heartbeat (12): a member of a classic group is alive, and learns of rebalances.
import { errors, Heartbeat } from "@moldau/protocol";
import { askGroup } from "../groups/ask.js";
import { handler } from "../handler.js";

export const heartbeat = handler(Heartbeat, async (request, context) => {
  const answer = await askGroup(context, request.groupId, "heartbeat", request);
  return typeof answer === "string" ? { throttleTimeMs: 0, errorCode: errors[answer].code } : answer;
});
