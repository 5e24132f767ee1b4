// Takes a member's next step into a decision: the event when something changed, and the timer for what it must give up.
import type { World } from "../world.js";
import type { Draft } from "./draft.js";
import type { ConsumerMember, CurrentAssignment } from "./member.js";
import { sameOwned } from "./owned-partitions.js";
import { type Goal, reconcile } from "./reconcile.js";
import { type Refusal, refusal } from "./refusal.js";
import { noRevocationTimer, revocationTimer } from "./timers.js";

export function led({ group, events, timers }: Draft, member: ConsumerMember, goal: Goal, world: World): ConsumerMember | Refusal {
  const current = reconcile(group, member, goal, world);
  if (current === "fenced")
    return refusal("FENCED_MEMBER_EPOCH", "The member's state is of another release: give up all partitions and join again.");
  if (same(current, member.current)) return member;
  const next = { ...member, current };
  const { groupId } = group;
  events.push({ kind: "consumerCurrent", groupId, memberId: member.memberId, value: current });
  // Members of the classic protocol revoke by joining again: they have timers of their own.
  if (member.metadata.classic) return next;
  if (current.state === "unrevoked") timers.push(revocationTimer(groupId, next));
  else if (member.current.state === "unrevoked") timers.push(noRevocationTimer(groupId, member.memberId));
  return next;
}

const same = (one: CurrentAssignment, other: CurrentAssignment): boolean =>
  one === other ||
  (one.memberEpoch === other.memberEpoch &&
    one.previousMemberEpoch === other.previousMemberEpoch &&
    one.state === other.state &&
    sameOwned(one.assigned, other.assigned) &&
    sameOwned(one.pendingRevocation, other.pendingRevocation));
