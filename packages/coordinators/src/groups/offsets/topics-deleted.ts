// Topics were deleted: what groups had read of them is forgotten, however many groups that are, a slice at a time. Should a crash come
// between two slices, the topic id in what is left keeps a new topic of the same name apart.
import type { TopicsDeletedCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsState } from "../state.js";
import { forgotten, type OffsetsEvent } from "./events.js";
import type { CommittedOffsets } from "./offsets.js";

/** Offsets that one decision forgets, before it lets others have their turn: a few milliseconds of work. */
const SLICE = 10_000;

type DeletedTopics = ReadonlyMap<string, string>;

export function forgetTopics(state: GroupsState, command: TopicsDeletedCommand): GroupsDecision {
  const deleted: DeletedTopics = new Map(command.topics.map(({ id, name }) => [name, id]));
  const events: OffsetsEvent[] = [];
  for (const [groupId, ofGroup] of state.offsets) {
    events.push(...offsetsOf(groupId, ofGroup, deleted));
    if (events.length >= SLICE) {
      const name = `topicsDeleted ${command.topics[0]?.id}`;
      return decision({ events, timers: [{ kind: "set", name, afterMs: 0, command }] });
    }
  }
  return decision({ events });
}

function offsetsOf(groupId: string, ofGroup: CommittedOffsets, deleted: DeletedTopics): OffsetsEvent[] {
  // whichever is shorter: most groups have few topics, most deletions too
  const names = ofGroup.size < deleted.size ? ofGroup.keys() : deleted.keys();
  const events: OffsetsEvent[] = [];
  for (const topic of names) {
    const id = deleted.get(topic);
    const ofTopic = ofGroup.get(topic);
    if (id === undefined || !ofTopic) continue;
    for (const [partition, { topicId }] of ofTopic)
      if (topicId === undefined || topicId === id) events.push(forgotten(groupId, topic, partition));
  }
  return events;
}
