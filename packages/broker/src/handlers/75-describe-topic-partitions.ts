// DescribeTopicPartitions (75): topics and their partitions, page by page, so that no answer grows without bound (KIP-966).
import type { TopicImage } from "@moldau/metadata";
import { DescribeTopicPartitions, type ErrorName } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { TOPIC_OPERATIONS } from "../authorized-operations.js";
import { type Context, handler } from "../handler.js";
import { describedPartition, describedTopic, undescribedTopic } from "../topics/described.js";

interface Cursor {
  readonly topicName: string;
  readonly partitionIndex: number;
}

export const describeTopicPartitions = handler(DescribeTopicPartitions, (request, { services }) => {
  const { image } = services.metadata;
  const { cursor } = request;
  const named = request.topics.length > 0 ? new Set(request.topics.map(({ name }) => name)) : undefined;
  // The client goes on where it was told to, in what it asked for.
  if (cursor && (cursor.partitionIndex < 0 || named?.has(cursor.topicName) === false)) {
    return { throttleTimeMs: 0, topics: [...(named ?? [])].map((name) => failed("INVALID_REQUEST", name)), nextCursor: null };
  }
  const names = named ? [...named].sort() : namesFrom(image.topics(cursor?.topicName));
  const limit = Math.max(1, Math.min(request.responsePartitionLimit, services.config().maxRequestPartitionSizeLimit));
  return { throttleTimeMs: 0, ...onePage(names, cursor, limit, services) };
});

function* namesFrom(topics: Iterable<TopicImage>): Iterable<string> {
  for (const { name } of topics) yield name;
}

/** Topics from the cursor on, and where the next page begins. */
function onePage(names: Iterable<string>, cursor: Cursor | null, limit: number, { metadata, topics }: Context["services"]) {
  const page: ReturnType<typeof described>[] = [];
  let left = limit;
  for (const name of names) {
    if (cursor && name < cursor.topicName) continue;
    const topic = metadata.image.topicByName(name);
    if (!topic) {
      page.push(failed(topics.nameProblem(name) ? "INVALID_TOPIC_EXCEPTION" : "UNKNOWN_TOPIC_OR_PARTITION", name));
      continue;
    }
    const from = cursor?.topicName === name ? cursor.partitionIndex : 0;
    if (left === 0) return { topics: page, nextCursor: { topicName: name, partitionIndex: from } };
    const until = Math.min(topic.partitions.length, from + left);
    page.push(described(topic, from, until));
    left -= Math.max(0, until - from);
    if (until < topic.partitions.length) return { topics: page, nextCursor: { topicName: name, partitionIndex: until } };
  }
  return { topics: page, nextCursor: null };
}

function described(topic: TopicImage, from: number, until: number) {
  const partitions = topic.partitions.slice(from, until).map((partition) => ({
    ...describedPartition(partition),
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
  }));
  return describedTopic(topic, partitions, TOPIC_OPERATIONS);
}

const failed = (error: ErrorName, name: string): ReturnType<typeof described> => undescribedTopic(error, name, ZERO_UUID);
