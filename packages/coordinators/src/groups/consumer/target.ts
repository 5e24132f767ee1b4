// Works out what each member should own, for the newest group epoch.
import type { TopicId } from "@moldau/std";
import type { Assignment, Assignor, AssignorMember, AssignorTopic } from "../assignors/assignor.js";
import { rangeAssignor } from "../assignors/range.js";
import { uniformAssignor } from "../assignors/uniform.js";
import type { World } from "../world.js";
import type { Draft } from "./draft.js";
import { type ConsumerGroup, preferredAssignor } from "./group.js";
import { addTo } from "./group-index.js";
import { type ConsumerMember, regexOf } from "./member.js";
import { assignmentTimer } from "./timers.js";

export const NO_TARGET: Assignment = new Map();

const ASSIGNORS: Readonly<Record<string, Assignor>> = { uniform: uniformAssignor, range: rangeAssignor };

/** How a heartbeat changes the members that targets are for. */
export interface TargetChanges {
  /** As it will be; undefined: nobody changes. */
  readonly member: ConsumerMember | undefined;
  /** The member whose place `member` takes, and with it the target. */
  readonly replaced: ConsumerMember | undefined;
}

export interface Target {
  readonly epoch: number;
  readonly assignment: Assignment;
}

/**
 * The target that `changes.member` is to be led to: worked out when the group epoch is ahead, unless the last time is too short ago:
 * then the last one holds until a timer brings the next.
 */
export function renewTarget(draft: Draft, groupEpoch: number, changes: TargetChanges, world: World): Target {
  const { group } = draft;
  const last = lastTarget(group, changes);
  if (group.assignmentEpoch >= groupEpoch) return { epoch: group.assignmentEpoch, assignment: last };
  const waitMs = assignmentDueInMs(group, world);
  if (waitMs > 0) {
    draft.timers.push(assignmentTimer(group.groupId, waitMs));
    return { epoch: group.assignmentEpoch, assignment: last };
  }
  const targets = assign(draft, groupEpoch, changes, world);
  return { epoch: groupEpoch, assignment: targets.get(changes.member?.memberId ?? "") ?? NO_TARGET };
}

/** How long the group must wait for its next assignment. */
export function assignmentDueInMs(group: ConsumerGroup, world: World): number {
  const intervalMs = world.configOf(group.groupId).consumerAssignmentIntervalMs;
  const passedMs = world.now - group.assignedAtMs;
  // A clock that was set back says nothing of how long it was; waiting for it to come round again could take hours.
  return group.assignedAtMs === 0 || passedMs < 0 ? 0 : Math.max(0, intervalMs - passedMs);
}

const lastTarget = (group: ConsumerGroup, { member, replaced }: TargetChanges): Assignment =>
  group.targets.get((replaced ?? member)?.memberId ?? "") ?? NO_TARGET;

/** Works out all targets; the draft gets those that change. */
export function assign(draft: Draft, epoch: number, changes: TargetChanges, world: World): ReadonlyMap<string, Assignment> {
  const { group, events } = draft;
  const { groupId } = group;
  const input = { members: new Map<string, AssignorMember>(), topics: new Map<TopicId, AssignorTopic>() };
  const topicIds = subscriptionsOf(group, input.topics, world);
  for (const member of membersAfter(group, changes)) {
    const assigned = lastTarget(group, member === changes.member ? changes : { member, replaced: undefined });
    const { instanceId, rackId } = member.metadata;
    input.members.set(member.memberId, { memberId: member.memberId, instanceId, rackId, topicIds: topicIds(member), assigned });
  }
  const name = preferredAssignor(assignorsAfter(group, changes), world);
  const targets = (ASSIGNORS[name] ?? uniformAssignor).assign(input);
  for (const [memberId, value] of targets) {
    const stored = group.targets.has(memberId) || (changes.replaced !== undefined && memberId === changes.member?.memberId);
    if (!stored || value !== input.members.get(memberId)?.assigned) events.push({ kind: "consumerTarget", groupId, memberId, value });
  }
  events.push({ kind: "consumerTargets", groupId, value: { epoch, timestampMs: world.now } });
  return targets;
}

function* membersAfter(group: ConsumerGroup, { member: changed, replaced }: TargetChanges): Generator<ConsumerMember> {
  for (const member of group.members.values())
    if (member.memberId !== changed?.memberId && member.memberId !== replaced?.memberId) yield member;
  if (changed) yield changed;
}

function assignorsAfter(group: ConsumerGroup, { member, replaced }: TargetChanges): ReadonlyMap<string, number> {
  const before = replaced ?? group.members.get(member?.memberId ?? "");
  const counts = new Map(group.index.assignors);
  if (before?.metadata.serverAssignor && member) addTo(counts, before.metadata.serverAssignor, -1);
  if (member?.metadata.serverAssignor) addTo(counts, member.metadata.serverAssignor, 1);
  return counts;
}

/** The topics of members, gathered in `topics`. Members that subscribe alike share one set. */
function subscriptionsOf(
  group: ConsumerGroup,
  topics: Map<TopicId, AssignorTopic>,
  world: World,
): (member: ConsumerMember) => ReadonlySet<TopicId> {
  const known = new Map<string, ReadonlySet<TopicId>>();
  const idsOf = (names: Iterable<string>): ReadonlySet<TopicId> => {
    const ids = new Set<TopicId>();
    for (const name of names) {
      const view = world.topics.byName(name);
      if (!view) continue;
      ids.add(view.id);
      if (!topics.has(view.id))
        topics.set(view.id, { topicId: view.id, partitionCount: view.partitionCount, racks: (partition) => view.racks(partition) });
    }
    return ids;
  };
  return (member) => {
    const regex = regexOf(member);
    const key = JSON.stringify([regex, member.metadata.subscribedTopicNames]);
    const found = known.get(key);
    if (found) return found;
    const matched = regex === undefined ? undefined : group.regexes.get(regex)?.topics;
    const ids = idsOf([...member.metadata.subscribedTopicNames, ...(matched ?? [])]);
    known.set(key, ids);
    return ids;
  };
}
