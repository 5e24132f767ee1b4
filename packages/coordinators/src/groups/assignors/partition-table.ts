// All partitions to assign under one running number, so that what belongs to a partition can stand in flat arrays.
import type { TopicId } from "@moldau/std";
import type { AssignorTopic } from "./assignor.js";
import type { TopicPool } from "./subscribers.js";

export interface PartitionTable {
  /** How many there are; they are numbered from 0. */
  readonly size: number;
  /** Topics in the order of their numbers, with the number of their first partition. */
  readonly topics: readonly { readonly topic: AssignorTopic; readonly pool: number; readonly first: number }[];
  /** Position in `topics` of each partition's topic. */
  readonly topicOf: Int32Array;
  /** Position in `topics` by id. */
  readonly positions: ReadonlyMap<TopicId, number>;
}

/** Numbers the pools one after another, and each pool's topics in the order that they have there. */
export function partitionTable(pools: readonly TopicPool[]): PartitionTable {
  const topics: { topic: AssignorTopic; pool: number; first: number }[] = [];
  const positions = new Map<TopicId, number>();
  let size = 0;
  for (const [pool, { topics: members }] of pools.entries()) {
    for (const topic of members) {
      positions.set(topic.topicId, topics.length);
      topics.push({ topic, pool, first: size });
      size += topic.partitionCount;
    }
  }
  const topicOf = new Int32Array(size);
  for (const [position, { topic, first }] of topics.entries()) topicOf.fill(position, first, first + topic.partitionCount);
  return { size, topics, topicOf, positions };
}
