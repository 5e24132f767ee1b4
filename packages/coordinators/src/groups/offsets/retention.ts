// Offsets that nobody needs any more expire (KIP-211), and groups that nobody is in and that have none left go with them. What an open
// transaction is about to change stays.
//
// A pass over all groups is cut into slices, so that a million offsets do not keep members waiting: each slice is a decision, and what is
// left to do is in the command that brings the next one. Groups and topics that vanish between two slices are passed over; those that
// come wait for the next pass.

import type { TimerChange } from "../../runtime/machine.js";
import type { GroupsCommand, RetentionWork } from "../commands.js";
import type { CommandOf } from "../decider.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsEvent } from "../events.js";
import { factsOf } from "../facts-of.js";
import type { Group, GroupsState } from "../state.js";
import type { World } from "../world.js";
import { forgotten } from "./events.js";
import { type CommittedOffset, isOfFormerTopic } from "./offsets.js";
import { hasPending, isPending } from "./pending.js";

/** Groups and offsets that one slice looks at: about a millisecond of work. */
const SLICE = 4_000;

const timer = (afterMs: number, work?: RetentionWork): TimerChange<GroupsCommand> => ({
  kind: "set",
  name: "offsetsRetention",
  afterMs,
  command: { kind: "offsetsRetentionDue", work },
});

export const nextCheck = (world: World): TimerChange<GroupsCommand> => timer(world.config.offsetsRetentionCheckIntervalMs);

/** What a slice has come to so far. */
interface Slice {
  readonly events: GroupsEvent[];
  looked: number;
}

export function expireOffsets(state: GroupsState, { work }: CommandOf<"offsetsRetentionDue">, world: World): GroupsDecision {
  const groupIds = work?.groupIds ?? [...state.groups.keys()];
  const slice: Slice = { events: [], looked: 0 };
  let at = work?.at ?? 0;
  let topics = work?.topics;
  for (; at < groupIds.length && slice.looked < SLICE; at++) {
    topics = lookAtGroup(state, groupIds[at] ?? "", topics, slice, world);
    if (topics) break;
  }
  const isDone = at === groupIds.length;
  return decision({ events: slice.events, timers: [isDone ? nextCheck(world) : timer(0, { groupIds, at, topics })] });
}

/** Adds to the slice what becomes of a group, or of the topics of it that are named. Gives those that the slice has no room for. */
function lookAtGroup(
  state: GroupsState,
  groupId: string,
  named: RetentionWork["topics"],
  slice: Slice,
  world: World,
): RetentionWork["topics"] {
  slice.looked++;
  const group = state.groups.get(groupId);
  if (!group) return undefined;
  const ofGroup = state.offsets.get(groupId);
  const topics = named ?? [...(ofGroup?.keys() ?? [])];
  let topicsGone = 0;
  for (const [index, topic] of topics.entries()) {
    if (slice.looked >= SLICE) return topics.slice(index);
    const ofTopic = ofGroup?.get(topic);
    if (!ofTopic) continue;
    const expired = expiredOf(group, topic, ofTopic, world).filter((partition) => !isPending(state.pending, { groupId, topic, partition }));
    for (const partition of expired) slice.events.push(forgotten(groupId, topic, partition));
    if (expired.length === ofTopic.size) topicsGone++;
    slice.looked += ofTopic.size;
  }
  const nothingIsLeft = topicsGone === (ofGroup?.size ?? 0) && !hasPending(state.pending, groupId);
  if (nothingIsLeft && nobodyComes(group)) slice.events.push(...factsOf(group).removal(group));
  return undefined;
}

/** Not even somebody who was given a member id just now, who would come back to find that nobody knows it. */
const nobodyComes = (group: Group): boolean =>
  factsOf(group).isEmpty(group) && (group.kind === "consumer" || group.pendingMembers.size === 0);

function expiredOf(group: Group, topic: string, ofTopic: ReadonlyMap<number, CommittedOffset>, world: World): number[] {
  const [first] = ofTopic.values();
  const idleSince = factsOf(group).offsetsIdleSince(group, { name: topic, id: world.topics.byName(topic)?.id ?? first?.topicId });
  const hasExpired = (committed: CommittedOffset): boolean => {
    if (isOfFormerTopic(committed, topic, world)) return true;
    if (idleSince === undefined) return false;
    if (committed.expireTimestampMs !== undefined) return world.now >= committed.expireTimestampMs;
    const since = idleSince === "commit" ? committed.commitTimestampMs : idleSince;
    return world.now - since >= world.config.offsetsRetentionMs;
  };
  return [...ofTopic].filter(([, committed]) => hasExpired(committed)).map(([partition]) => partition);
}
