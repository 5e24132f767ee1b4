// How members go: they leave, for good or (static ones) for a while, or are put out because they are silent or too slow.
import { reply } from "../../runtime/machine.js";
import type { ConsumerGroupHeartbeatCommand } from "../commands.js";
import type { CommandOf } from "../decider.js";
import { type GroupsDecision, NOTHING } from "../decision.js";
import { canDowngrade, downgrade } from "../migration/downgrade.js";
import type { Group, GroupsState } from "../state.js";
import type { World } from "../world.js";
import { type Draft, decided, draft } from "./draft.js";
import type { ConsumerGroup } from "./group.js";
import { ownerOf } from "./joining.js";
import { AWAY_EPOCH, type ConsumerMember, regexOf } from "./member.js";
import { NO_PARTITIONS, sinceEver } from "./owned-partitions.js";
import { isRefusal, refusal, refuse } from "./refusal.js";
import { renewEpoch } from "./subscription.js";
import { noTimers } from "./timers.js";

export function leave(group: Group | undefined, command: ConsumerGroupHeartbeatCommand, world: World): GroupsDecision {
  const { groupId, memberId, instanceId, memberEpoch } = command.request;
  if (group?.kind !== "consumer") return refuse(command, refusal("GROUP_ID_NOT_FOUND", `There is no consumer group ${groupId}.`));
  const member = ownerOf(group, { memberId, instanceId });
  if (isRefusal(member)) return refuse(command, member);
  const result = draft(group);
  if (memberEpoch === AWAY_EPOCH) stayAway(result, member);
  else remove(result, [member], world);
  const goodbye = { errorCode: 0, errorMessage: null, memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null };
  result.replies.push(reply(command.ticket, goodbye));
  return decided(result);
}

/** Its place is kept until its session ends. Whoever takes it may commit what the member read, so the partitions' epochs start over. */
function stayAway({ group: { groupId }, events }: Draft, { memberId, current }: ConsumerMember): void {
  const assigned = sinceEver(current.assigned);
  events.push({
    kind: "consumerCurrent",
    groupId,
    memberId,
    value: { ...current, memberEpoch: AWAY_EPOCH, assigned, pendingRevocation: NO_PARTITIONS },
  });
}

/** Members go for good. When only members of the classic protocol are left, the group may become a classic one. */
export function remove(draft: Draft, members: readonly ConsumerMember[], world: World): void {
  if (members.length === 0) return;
  const { group, events, timers } = draft;
  const { groupId } = group;
  if (canDowngrade(group, members, world)) {
    downgrade(draft, members, world);
    return;
  }
  for (const { memberId } of members) {
    events.push(
      { kind: "consumerCurrent", groupId, memberId, value: undefined },
      { kind: "consumerTarget", groupId, memberId, value: undefined },
      { kind: "consumerMember", groupId, memberId, value: undefined },
    );
    timers.push(...noTimers(groupId, memberId));
  }
  for (const regex of abandoned(group, members)) events.push({ kind: "consumerRegex", groupId, regex, value: undefined, durable: true });
  renewEpoch(draft, { out: members, in: [] }, true, world);
}

/** Expressions that nobody else subscribes with. */
function abandoned({ index, regexes }: ConsumerGroup, leaving: readonly ConsumerMember[]): string[] {
  const counts = new Map<string, number>();
  for (const member of leaving) {
    const regex = regexOf(member);
    if (regex !== undefined) counts.set(regex, (counts.get(regex) ?? 0) + 1);
  }
  return [...counts].filter(([regex, count]) => index.regexes.get(regex) === count && regexes.has(regex)).map(([regex]) => regex);
}

export const sessionExpired = (state: GroupsState, command: CommandOf<"consumerSessionExpired">, world: World): GroupsDecision =>
  putOut(state, command, () => true, world);

export const revocationExpired = (state: GroupsState, command: CommandOf<"consumerRevocationExpired">, world: World): GroupsDecision =>
  putOut(state, command, ({ current }) => current.memberEpoch === command.memberEpoch && current.state === "unrevoked", world);

export function putOut(
  state: GroupsState,
  { groupId, memberId }: { readonly groupId: string; readonly memberId: string },
  applies: (member: ConsumerMember) => boolean,
  world: World,
): GroupsDecision {
  const group = state.groups.get(groupId);
  const member = group?.kind === "consumer" ? group.members.get(memberId) : undefined;
  if (group?.kind !== "consumer" || !member || !applies(member)) return NOTHING;
  const result = draft(group);
  remove(result, [member], world);
  return decided(result);
}
