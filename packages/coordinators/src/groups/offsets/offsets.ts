// The offsets that a group has committed.
//
// A broker keeps millions of them, so they are kept small: all are made by committedOffset(), whose fields have one order and one shape,
// and the strings in them are shared (the names of a view of topics, or those that records.ts has seen before).
import type { TopicId } from "@moldau/std";
import type { World } from "../world.js";

export interface CommittedOffset {
  readonly offset: number;
  /** -1: unknown. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** Only commits of old clients have one; undefined: the broker's retention applies. */
  readonly expireTimestampMs: number | undefined;
  /** Undefined: committed by a broker that did not write it down. */
  readonly topicId: TopicId | undefined;
}

/** By topic name, then partition. Topics without offsets are absent. */
export type CommittedOffsets = Map<string, Map<number, CommittedOffset>>;

/** Whether an offset was committed for a topic that is not there any more, another having its name now. */
export function isOfFormerTopic({ topicId }: CommittedOffset, topic: string, world: World): boolean {
  if (topicId === undefined) return false;
  const now = world.topics.byName(topic);
  return now !== undefined && now.id !== topicId;
}
