// LeaveGroup to a consumer group: members of either protocol go, all at once.
import { errors } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import { type Leaving, leavingOf, left } from "../classic/leave.js";
import type { LeaveGroupCommand } from "../commands.js";
import { decided, draft } from "../consumer/draft.js";
import { type ConsumerGroup, staticMember } from "../consumer/group.js";
import { ownerOf } from "../consumer/joining.js";
import { remove } from "../consumer/leaving.js";
import type { ConsumerMember } from "../consumer/member.js";
import { isRefusal, type Refusal, refusal } from "../consumer/refusal.js";
import { type GroupsDecision, NOTHING } from "../decision.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";

export function leaveGroup(state: GroupsState, command: LeaveGroupCommand, world: World): GroupsDecision {
  const group = state.groups.get(command.request.groupId);
  if (group?.kind !== "consumer") return NOTHING;
  const result = draft(group);
  const leaving = new Set<ConsumerMember>();
  const outcomes = leavingOf(command).map(({ memberId, groupInstanceId }) => {
    const member = leavingMember(group, { memberId, groupInstanceId });
    if (!isRefusal(member)) leaving.add(member);
    return { memberId, groupInstanceId, errorCode: errors[isRefusal(member) ? member.refused : "NONE"].code };
  });
  remove(result, [...leaving], world);
  result.replies.push(reply(command.ticket, left(command.caller.version, outcomes)));
  return decided(result);
}

/** A static member may be named by its instance alone. */
function leavingMember(group: ConsumerGroup, { memberId, groupInstanceId }: Leaving): ConsumerMember | Refusal {
  if (memberId !== "" || groupInstanceId === null) return ownerOf(group, { memberId, instanceId: groupInstanceId });
  return staticMember(group, groupInstanceId) ?? refusal("UNKNOWN_MEMBER_ID", `There is no instance ${groupInstanceId}.`);
}
