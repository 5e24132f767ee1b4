// JoinGroup (11): enters a classic group. The answer waits for the group's next generation, which may take minutes.
import { joinRefused } from "@moldau/coordinators";
import { JoinGroup } from "@moldau/protocol";
import { askGroup, kept } from "../groups/ask.js";
import { handler } from "../handler.js";

export const joinGroup = handler(JoinGroup, async (asked, context) => {
  const request = { ...asked, protocols: asked.protocols.map(({ name, metadata }) => ({ name, metadata: kept(metadata) })) };
  context.releaseRequest();
  const answer = await askGroup(context, request.groupId, "joinGroup", request);
  return typeof answer === "string" ? joinRefused(context.version, request.memberId, answer) : answer;
});
