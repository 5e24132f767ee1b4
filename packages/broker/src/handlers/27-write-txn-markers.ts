// WriteTxnMarkers (27): ends transactions in partitions. Here the coordinator does that without a request; this is for administrators who
// end one that hangs (KIP-664).
import { type ErrorName, errors, type RequestOf, WriteTxnMarkers } from "@moldau/protocol";
import { failureReason } from "../failure.js";
import { handler } from "../handler.js";
import type { MarkerFacts } from "../partitions/producer-state.js";
import type { Services } from "../services.js";
import { eachPartition } from "../topics/by-partition.js";

type Asked = RequestOf<typeof WriteTxnMarkers>["markers"][number];

export const writeTxnMarkers = handler(WriteTxnMarkers, async (request, { services }) => {
  const markers = await Promise.all(
    request.markers.map(async (asked) => {
      const topics = asked.topics.map(({ name, partitionIndexes }) => ({ name, partitions: partitionIndexes }));
      const answered = await eachPartition(topics, async ({ name }, partitionIndex) => {
        const error = await end(name, partitionIndex, factsOf(asked), services);
        return { partitionIndex, errorCode: errors[error].code };
      });
      return { producerId: asked.producerId, topics: answered.map(({ topic: { name }, partitions }) => ({ name, partitions })) };
    }),
  );
  return { markers };
});

async function end(topic: string, partition: number, marker: MarkerFacts, { endInPartition, log }: Services): Promise<ErrorName> {
  try {
    return (await endInPartition(topic, partition, marker))?.error ?? "NONE";
  } catch (error) {
    const reason = failureReason(error);
    log.error({ topic, partition, reason }, "a marker could not be written");
    return "KAFKA_STORAGE_ERROR";
  }
}

const factsOf = ({ producerId, producerEpoch, coordinatorEpoch, transactionResult, transactionVersion }: Asked): MarkerFacts => ({
  producerId,
  producerEpoch,
  coordinatorEpoch,
  transactionVersion,
  commit: transactionResult,
});
