// Topics were deleted: what groups had read of them is forgotten, however many groups that are, a slice at a time, and what open
// transactions say of them. Should a crash come between two slices, the topic id in what is left keeps a new topic of the same name apart.
import type { TopicsDeletedCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsState } from "../state.js";
import { forgotten, type OffsetsEvent } from "./events.js";
import type { CommittedOffset } from "./offsets.js";

/** Offsets that one decision forgets, before it lets others have their turn: a few milliseconds of work. */
const SLICE = 10_000;

/** By topic and partition; undefined: it does not count any more. */
type Offsets = ReadonlyMap<string, ReadonlyMap<number, CommittedOffset | undefined>>;
type DeletedTopics = ReadonlyMap<string, string>;

export function forgetTopics(state: GroupsState, command: TopicsDeletedCommand): GroupsDecision {
  const deleted: DeletedTopics = new Map(command.topics.map(({ id, name }) => [name, id]));
  const events: OffsetsEvent[] = [];
  for (const [groupId, ofGroup] of committedAndPending(state)) {
    for (const event of offsetsOf(groupId, ofGroup, deleted)) events.push(event);
    if (events.length >= SLICE) {
      const name = `topicsDeleted ${command.topics[0]?.id}`;
      return decision({ events, timers: [{ kind: "set", name, afterMs: 0, command }] });
    }
  }
  return decision({ events });
}

function* committedAndPending({ offsets, pending }: GroupsState): Generator<readonly [string, Offsets]> {
  yield* offsets;
  for (const transaction of pending.transactions.values()) yield* transaction.offsets;
}

function offsetsOf(groupId: string, ofGroup: Offsets, deleted: DeletedTopics): OffsetsEvent[] {
  // whichever is shorter: most groups have few topics, most deletions too
  const names = ofGroup.size < deleted.size ? ofGroup.keys() : deleted.keys();
  const events: OffsetsEvent[] = [];
  for (const topic of names) {
    const id = deleted.get(topic);
    const ofTopic = ofGroup.get(topic);
    if (id === undefined || !ofTopic) continue;
    for (const [partition, committed] of ofTopic)
      if (committed && (committed.topicId === undefined || committed.topicId === id)) events.push(forgotten(groupId, topic, partition));
  }
  return events;
}
