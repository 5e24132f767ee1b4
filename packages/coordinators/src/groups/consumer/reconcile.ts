// Leads a member towards its target, one step at a time (KIP-848): first it gives up what it should not have, then it takes on the
// epoch of the target, and is given what is free; what is still another's it is given later.
//
// Invariant: a partition is given only while nobody else holds it.
import type { TopicId } from "@moldau/std";
import type { Assignment } from "../assignors/assignor.js";
import type { World } from "../world.js";
import type { ConsumerGroup, ResolvedRegex } from "./group.js";
import { type Claims, type ConsumerMember, type CurrentAssignment, isReconciled, regexOf } from "./member.js";
import {
  epochOf,
  holdsAny,
  NO_PARTITIONS,
  type OwnedPartitions,
  type PartitionEpochs,
  partition,
  partitionEpochs,
  partitionsOf,
  union,
} from "./owned-partitions.js";

export interface Goal {
  readonly epoch: number;
  readonly target: Assignment;
  /** The member has just changed its subscription: topics that it left are taken at once, whatever the target says. */
  readonly subscriptionChanged: boolean;
  readonly claims: Claims;
}

/** The member's next assignment: the very same when there is no step to take. "fenced" when it must join anew. */
export function reconcile(group: ConsumerGroup, member: ConsumerMember, goal: Goal, world: World): CurrentAssignment | "fenced" {
  const { current } = member;
  if (!goal.subscriptionChanged && isReconciled(member, goal.epoch)) return current;
  const step: Step = { group, current, goal, subscribed: subscription(member, group.regexes, world) };
  switch (current.state) {
    case "stable":
      if (current.memberEpoch !== goal.epoch) return advance(step);
      return withoutUnsubscribed(step);
    case "unrevoked":
      if (!stillHas(goal.claims, current.pendingRevocation)) return advance(step);
      return goal.subscriptionChanged ? withoutUnsubscribed(step) : current;
    case "unreleased":
      return advance(step);
    case "unknown":
      return goal.claims?.length === 0 ? advance({ ...step, current: { ...current, memberEpoch: goal.epoch } }) : "fenced";
  }
}

interface Step {
  readonly group: ConsumerGroup;
  readonly current: CurrentAssignment;
  readonly goal: Goal;
  readonly subscribed: (topic: TopicId) => boolean;
}

/** What a member does not speak of it still has. */
const stillHas = (claims: Claims, owned: OwnedPartitions): boolean => claims === undefined || holdsAny(claims, owned);

function subscription(
  member: ConsumerMember,
  regexes: ReadonlyMap<string, ResolvedRegex>,
  { topics }: Pick<World, "topics">,
): (topic: TopicId) => boolean {
  const names = member.metadata.subscribedTopicNames;
  const regex = regexOf(member);
  const matched = regex === undefined ? undefined : regexes.get(regex)?.topics;
  const named: { has(name: string): boolean } = names.length > 8 ? new Set(names) : { has: (name) => names.includes(name) };
  return (topic) => {
    const name = topics.byId(topic)?.name;
    return name !== undefined && (named.has(name) || matched?.has(name) === true);
  };
}

/** Topics that are not subscribed to any more are to be given up; all else stays. */
function withoutUnsubscribed({ current, goal, subscribed }: Step): CurrentAssignment {
  const left = [...current.assigned].filter(([topic]) => !subscribed(topic));
  if (left.length === 0) return current;
  const assigned = new Map([...current.assigned].filter(([topic]) => subscribed(topic)));
  const pendingRevocation = union(current.pendingRevocation, new Map(left));
  const epochs = { memberEpoch: current.memberEpoch, previousMemberEpoch: current.memberEpoch };
  if (!stillHas(goal.claims, pendingRevocation)) return { ...current, ...epochs, assigned };
  return { ...epochs, state: "unrevoked", assigned, pendingRevocation };
}

function advance({ group, current, goal, subscribed }: Step): CurrentAssignment {
  const kept = new Map<TopicId, PartitionEpochs>();
  const surplus = new Map<TopicId, PartitionEpochs>();
  const given = new Map<TopicId, [number, number][]>();
  let unreleased = false;
  for (const topic of new Set([...goal.target.keys(), ...current.assigned.keys()])) {
    const target = subscribed(topic) ? (goal.target.get(topic) ?? []) : [];
    const wanted = new Set(target);
    const parts = partition(partitionsOf(current.assigned, topic), (one) => wanted.delete(one));
    if (parts.kept.length > 0) kept.set(topic, partitionEpochs(parts.kept));
    if (parts.dropped.length > 0) surplus.set(topic, partitionEpochs(parts.dropped));
    const free = [...wanted].filter((one) => isFree(group, current, topic, one));
    unreleased ||= free.length < wanted.size;
    if (free.length > 0) given.set(topic, [...parts.kept, ...free.map((one): [number, number] => [one, goal.epoch])]);
  }
  const previousMemberEpoch = current.memberEpoch;
  if (surplus.size > 0 && stillHas(goal.claims, surplus)) {
    return { memberEpoch: current.memberEpoch, previousMemberEpoch, state: "unrevoked", assigned: kept, pendingRevocation: surplus };
  }
  for (const [topic, pairs] of given) kept.set(topic, partitionEpochs(pairs));
  const state = unreleased ? "unreleased" : "stable";
  return { memberEpoch: goal.epoch, previousMemberEpoch, state, assigned: kept, pendingRevocation: NO_PARTITIONS };
}

/** Nobody has it, or the member alone, which has just said that it gave it up. */
const isFree = ({ index }: ConsumerGroup, current: CurrentAssignment, topic: TopicId, one: number): boolean =>
  index.owners.get(topic)?.get(one) === undefined || epochOf(current.pendingRevocation, topic, one) !== undefined;
