// AlterPartitionReassignments (45): which brokers serve a partition (KIP-455). No data moves, so a reassignment is done when it is
// answered; with one broker the only possible one is the one there is.
import { assignPartitions } from "@moldau/metadata";
import { AlterPartitionReassignments, type ErrorName, errors } from "@moldau/protocol";
import { type Context, handler } from "../handler.js";
import { brokerIds } from "../topics/creation.js";

export const alterPartitionReassignments = handler(AlterPartitionReassignments, (request, { services }) => ({
  throttleTimeMs: 0,
  allowReplicationFactorChange: request.allowReplicationFactorChange,
  errorCode: errors.NONE.code,
  errorMessage: null,
  responses: request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, replicas }) => {
      const [error, message] = reassign(name, partitionIndex, replicas, services);
      return { partitionIndex, errorCode: errors[error].code, errorMessage: message };
    }),
  })),
}));

function reassign(
  name: string,
  index: number,
  replicas: readonly number[] | null,
  { metadata }: Context["services"],
): [ErrorName, string | null] {
  const { image } = metadata;
  if (!image.topicByName(name)?.partitions[index]) return ["UNKNOWN_TOPIC_OR_PARTITION", errors.UNKNOWN_TOPIC_OR_PARTITION.message];
  // Null cancels a reassignment under way.
  if (replicas === null) return ["NO_REASSIGNMENT_IN_PROGRESS", errors.NO_REASSIGNMENT_IN_PROGRESS.message];
  const assigned = assignPartitions(brokerIds(image), [replicas]);
  return "problem" in assigned ? ["INVALID_REPLICA_ASSIGNMENT", assigned.problem] : ["NONE", null];
}
