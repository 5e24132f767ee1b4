// A classic group ends while it has members: it becomes a group of another protocol.
import type { ErrorName } from "@moldau/protocol";
import type { GroupsDecision } from "../decision.js";
import type { World } from "../world.js";
import { draftOf, refuseWaiting } from "./draft.js";
import type { ClassicGroup } from "./group.js";
import { noJoinPhaseTimer, noSessionTimer, noSyncPhaseTimer } from "./timers.js";

/** Answers whoever waits with an error, and stops the group's timers. What becomes of the group itself is the caller's decision. */
export function dissolved(group: ClassicGroup, error: ErrorName, world: World): Pick<GroupsDecision, "replies" | "timers"> {
  const draft = draftOf(group, world);
  for (const member of group.members.values()) {
    refuseWaiting(draft, member, error);
    draft.timers.push(noSessionTimer(group, member.memberId));
  }
  for (const memberId of group.pendingMembers.keys()) draft.timers.push(noSessionTimer(group, memberId));
  draft.timers.push(noJoinPhaseTimer(group), noSyncPhaseTimer(group));
  return { replies: draft.replies, timers: draft.timers };
}
