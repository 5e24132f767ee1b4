// DescribeProducers (61): which producers a partition remembers (KIP-664).
import { DescribeProducers, type ErrorName, errors, type ResponseInput } from "@moldau/protocol";
import { type Context, handler } from "../handler.js";
import type { Partition } from "../partitions/partition.js";
import { eachPartition, withPartition } from "../topics/by-partition.js";

type PartitionAnswer = ResponseInput<typeof DescribeProducers>["topics"][number]["partitions"][number];

export const describeProducers = handler(DescribeProducers, async (request, { services }) => {
  // A partition may have thousands of producers: it is described once, however often it is named.
  const indexes = new Map<string, Set<number>>();
  for (const { name, partitionIndexes } of request.topics) {
    const known = indexes.get(name) ?? new Set();
    indexes.set(name, known);
    for (const index of partitionIndexes) known.add(index);
  }
  const asked = [...indexes].map(([name, partitions]) => ({ name, partitions: [...partitions] }));
  const topics = await eachPartition(asked, ({ name }, partitionIndex) => {
    const refuse = (error: ErrorName): PartitionAnswer => ({
      partitionIndex,
      errorCode: errors[error].code,
      errorMessage: errors[error].message,
      activeProducers: [],
    });
    const describe = (partition: Partition): PartitionAnswer => ({
      partitionIndex,
      errorCode: errors.NONE.code,
      errorMessage: null,
      activeProducers: activeProducers(partition, services),
    });
    return withPartition(services, name, partitionIndex, describe, refuse);
  });
  return { throttleTimeMs: 0, topics: topics.map(({ topic: { name }, partitions }) => ({ name, partitions })) };
});

function activeProducers(partition: Partition, { config }: Context["services"]) {
  const producers = partition.producers();
  producers.expire(config().producerIdExpirationMs);
  return producers.entries().map(({ producerId, epoch, coordinatorEpoch, lastTimestamp, batches }) => ({
    producerId,
    producerEpoch: epoch,
    lastSequence: batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp,
    coordinatorEpoch,
    currentTxnStartOffset: producers.transactions.firstOffset(producerId) ?? -1,
  }));
}
