// A topic as Metadata and DescribeTopicPartitions describe it: what both say in the same words.
import type { PartitionImage, TopicImage } from "@moldau/metadata";
import { type ErrorName, errors } from "@moldau/protocol";
import { OPERATIONS_NOT_ASKED } from "../authorized-operations.js";

export const describedPartition = ({ index, leader, leaderEpoch, replicas, isr }: PartitionImage) => ({
  errorCode: errors.NONE.code,
  partitionIndex: index,
  leaderId: leader,
  leaderEpoch,
  replicaNodes: replicas,
  isrNodes: isr,
  offlineReplicas: [],
});

export const describedTopic = <Partition>(topic: TopicImage, partitions: readonly Partition[], topicAuthorizedOperations: number) => ({
  errorCode: errors.NONE.code as number,
  name: topic.name,
  topicId: topic.id as string,
  isInternal: topic.internal,
  partitions,
  topicAuthorizedOperations,
});

export const undescribedTopic = <Name extends string | null>(error: ErrorName, name: Name, topicId: string) => ({
  errorCode: errors[error].code,
  name,
  topicId,
  isInternal: false,
  partitions: [],
  topicAuthorizedOperations: OPERATIONS_NOT_ASKED,
});
