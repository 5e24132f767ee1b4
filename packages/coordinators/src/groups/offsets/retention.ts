// Offsets that nobody needs any more expire (KIP-211), and groups that nobody is in and that have none left go with them.
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

/** Groups and offsets that one slice looks at: a few milliseconds of work. */
const SLICE = 10_000;

const timer = (afterMs: number, work?: RetentionWork): TimerChange<GroupsCommand> => ({
  kind: "set",
  name: "offsetsRetention",
  afterMs,
  command: { kind: "offsetsRetentionDue", work },
});

export const nextCheck = (world: World): TimerChange<GroupsCommand> => timer(world.config.offsetsRetentionCheckIntervalMs);

export function expireOffsets(state: GroupsState, { work }: CommandOf<"offsetsRetentionDue">, world: World): GroupsDecision {
  const groupIds = work?.groupIds ?? [...state.groups.keys()];
  const events: GroupsEvent[] = [];
  let looked = 0;
  let topics = work?.topics;
  for (let at = work?.at ?? 0; at < groupIds.length; at++) {
    const groupId = groupIds[at] ?? "";
    const group = state.groups.get(groupId);
    if (!group) continue;
    const ofGroup = state.offsets.get(groupId);
    topics ??= [...(ofGroup?.keys() ?? [])];
    looked++;
    const gone = new Set<string>();
    for (const [index, topic] of topics.entries()) {
      if (looked >= SLICE) return decision({ events, timers: [timer(0, { groupIds, at, topics: topics.slice(index) })] });
      const ofTopic = ofGroup?.get(topic);
      if (!ofTopic) continue;
      const expired = expiredOf(group, topic, ofTopic, world);
      for (const partition of expired) events.push(forgotten(groupId, topic, partition));
      if (expired.length === ofTopic.size) gone.add(topic);
      looked += ofTopic.size;
    }
    topics = undefined;
    if (gone.size === (ofGroup?.size ?? 0) && factsOf(group).isEmpty(group)) events.push(...factsOf(group).removal(group));
    if (looked >= SLICE) return decision({ events, timers: [timer(0, { groupIds, at: at + 1, topics: undefined })] });
  }
  return decision({ events, timers: [nextCheck(world)] });
}

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
