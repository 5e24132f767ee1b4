// What a server-side assignor is given and what it gives (KIP-848). Partitions are numbers within a topic; topics go by id.
import type { TopicId } from "@moldau/std";

/** Partitions by topic, ascending; a topic without partitions is absent. */
export type Assignment = ReadonlyMap<TopicId, readonly number[]>;

export interface AssignorMember {
  readonly memberId: string;
  /** Set for static members (KIP-345). */
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** Resolved subscription. Members that subscribe to the same topics may share one set, which makes assigning cheaper. */
  readonly topicIds: ReadonlySet<TopicId>;
  /** What it was last told to own: the target. */
  readonly assigned: Assignment;
}

export interface AssignorTopic {
  readonly topicId: TopicId;
  readonly partitionCount: number;
  /** Racks that hold a partition; empty: unknown. */
  racks(partition: number): readonly string[];
}

export interface AssignorInput {
  readonly members: ReadonlyMap<string, AssignorMember>;
  /** Topics that exist; subscriptions to others are skipped. */
  readonly topics: ReadonlyMap<TopicId, AssignorTopic>;
}

/**
 * Divides the partitions of all subscribed topics among their subscribers. The answer has an entry for every member; one whose
 * partitions stay the same gets back the very object it came with as `assigned`, so that callers see at once what to write.
 */
export interface Assignor {
  readonly name: "uniform" | "range";
  assign(input: AssignorInput): ReadonlyMap<string, Assignment>;
}
