// WriteTxnMarkers (27): ends transactions in partitions. Here the coordinator does that without a request; this is for administrators who
// end one that hangs (KIP-664).
import { type ErrorName, errors, type RequestOf, WriteTxnMarkers } from "@moldau/protocol";
import { handler } from "../handler.js";
import { appendMarker } from "../partitions/append-marker.js";
import type { Partition } from "../partitions/partition.js";
import type { MarkerFacts } from "../partitions/producer-state.js";
import type { Services } from "../services.js";
import { eachPartition, withPartition } from "../topics/by-partition.js";

type Asked = RequestOf<typeof WriteTxnMarkers>["markers"][number];

export const writeTxnMarkers = handler(WriteTxnMarkers, async (request, { services }) => {
  const markers = await Promise.all(
    request.markers.map(async (asked) => {
      const topics = asked.topics.map(({ name, partitionIndexes }) => ({ name, partitions: partitionIndexes }));
      const answered = await eachPartition(topics, ({ name }, partitionIndex) => {
        const answer = (error: ErrorName) => ({ partitionIndex, errorCode: errors[error].code });
        const write = async (partition: Partition) => answer(await append(partition, factsOf(asked), services));
        return withPartition(services, name, partitionIndex, write, answer);
      });
      return { producerId: asked.producerId, topics: answered.map(({ topic: { name }, partitions }) => ({ name, partitions })) };
    }),
  );
  return { markers };
});

async function append(partition: Partition, marker: MarkerFacts, { partitions, clock }: Services): Promise<ErrorName> {
  const outcome = await appendMarker(partition, marker, partitions, clock.now());
  if (outcome.kind === "refused") return outcome.error;
  await outcome.durable;
  return "NONE";
}

const factsOf = ({ producerId, producerEpoch, coordinatorEpoch, transactionResult, transactionVersion }: Asked): MarkerFacts => ({
  producerId,
  producerEpoch,
  coordinatorEpoch,
  transactionVersion,
  commit: transactionResult,
});
