// The offsets that a group has committed.
import type { TopicId } from "@moldau/std";

export interface CommittedOffset {
  readonly offset: number;
  /** -1: unknown. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** Only commits of old clients have one; undefined: the broker's retention applies. */
  readonly expireTimestampMs: number | undefined;
  readonly topicId: TopicId | undefined;
}

/** By topic name, then partition. Topics without offsets are absent. */
export type CommittedOffsets = Map<string, Map<number, CommittedOffset>>;
