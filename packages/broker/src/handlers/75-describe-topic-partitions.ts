// DescribeTopicPartitions (75): topics and their partitions, page by page, so that no answer grows without bound (KIP-966).
import type { TopicImage } from "@moldau/metadata";
import { DescribeTopicPartitions, type ErrorName, errors } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { OPERATIONS_NOT_ASKED, TOPIC_OPERATIONS } from "../authorized-operations.js";
import { handler } from "../handler.js";

/** The broker's own limit (max.request.partition.size.limit). */
const MAX_PARTITIONS_PER_ANSWER = 2_000;

interface Cursor {
  readonly topicName: string;
  readonly partitionIndex: number;
}

export const describeTopicPartitions = handler(DescribeTopicPartitions, (request, { services }) => {
  const { image } = services.metadata;
  const { cursor } = request;
  if (cursor && cursor.partitionIndex < 0) {
    throw new RangeError(`a cursor at partition ${cursor.partitionIndex}`);
  }
  const names =
    request.topics.length > 0
      ? [...new Set(request.topics.map(({ name }) => name))].sort()
      : [...image.topics(cursor?.topicName)].map(({ name }) => name);
  const page: ReturnType<typeof described>[] = [];
  let left = Math.min(request.responsePartitionLimit, MAX_PARTITIONS_PER_ANSWER);
  let nextCursor: Cursor | null = null;
  for (const name of names) {
    if (cursor && name < cursor.topicName) continue;
    const topic = image.topicByName(name);
    if (!topic) {
      page.push(failed(services.topics.nameProblem(name) ? "INVALID_TOPIC_EXCEPTION" : "UNKNOWN_TOPIC_OR_PARTITION", name));
      continue;
    }
    const from = cursor?.topicName === name ? cursor.partitionIndex : 0;
    if (left <= 0) {
      nextCursor = { topicName: name, partitionIndex: from };
      break;
    }
    const until = Math.min(topic.partitions.length, from + left);
    page.push(described(topic, from, until));
    left -= until - from;
    if (until < topic.partitions.length) {
      nextCursor = { topicName: name, partitionIndex: until };
      break;
    }
  }
  return { throttleTimeMs: 0, topics: page, nextCursor };
});

function described(topic: TopicImage, from: number, until: number) {
  return {
    errorCode: errors.NONE.code as number,
    name: topic.name,
    topicId: topic.id as string,
    isInternal: topic.internal,
    partitions: topic.partitions.slice(from, until).map(({ index, leader, leaderEpoch, replicas, isr }) => ({
      errorCode: errors.NONE.code,
      partitionIndex: index,
      leaderId: leader,
      leaderEpoch,
      replicaNodes: replicas,
      isrNodes: isr,
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: [],
    })),
    topicAuthorizedOperations: TOPIC_OPERATIONS,
  };
}

function failed(error: ErrorName, name: string): ReturnType<typeof described> {
  return {
    errorCode: errors[error].code,
    name,
    topicId: ZERO_UUID,
    isInternal: false,
    partitions: [],
    topicAuthorizedOperations: OPERATIONS_NOT_ASKED,
  };
}
