// Partitions on the wire: most requests and answers hold them topic by topic.
import type { TopicPartition } from "./routes.js";

/** Groups what is about partitions by their topics. */
export function byTopic<Item extends TopicPartition, Wire>(
  items: readonly Item[],
  wireOf: (item: Item) => Wire,
): readonly { readonly name: string; readonly partitions: readonly Wire[] }[] {
  const topics = new Map<string, Wire[]>();
  for (const item of items) {
    const partitions = topics.get(item.topic) ?? [];
    partitions.push(wireOf(item));
    topics.set(item.topic, partitions);
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }));
}

/** Partition indexes by topic. */
export const indexesByTopic = (items: readonly TopicPartition[]) =>
  byTopic(items, ({ partition }) => partition).map(({ name, partitions }) => ({ name, partitionIndexes: partitions }));

interface WirePartition {
  readonly partitionIndex: number;
}

/** The partitions of all topics of an answer. */
export const flattened = <Answer extends WirePartition>(
  topics: readonly { readonly name: string; readonly partitions: readonly Answer[] }[],
): readonly (TopicPartition & { readonly answer: Answer })[] =>
  topics.flatMap(({ name, partitions }) => partitions.map((answer) => ({ topic: name, partition: answer.partitionIndex, answer })));

/** Topic names hold no space. */
export const partitionKey = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`;
