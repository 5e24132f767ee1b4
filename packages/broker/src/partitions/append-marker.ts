// The way of a marker into a partition: the transaction that the producer has open there ends with it.
import { controlBatch, patchBatch, readBatchHeader } from "@moldau/records";
import { type Refusal, refusal } from "./append.js";
import type { Partition } from "./partition.js";
import type { Partitions } from "./partitions.js";
import type { MarkerFacts } from "./producer-state.js";

/** `durable` settles when the marker is, or is lost. */
export type MarkerOutcome = { readonly kind: "appended"; readonly durable: Promise<void> } | Refusal;

/** Rejects with StorageError when nothing can be stored now. */
export async function appendMarker(
  partition: Partition,
  marker: MarkerFacts,
  partitions: Partitions,
  nowMs: number,
): Promise<MarkerOutcome> {
  const batch = batchOf(marker, nowMs);
  const room = partitions.store.admit(batch.length);
  if (room) await room;
  return append(partition, marker, batch);
}

/** The same within this call; undefined when it would have to wait for room. */
export function appendMarkerAtOnce(
  partition: Partition,
  marker: MarkerFacts,
  partitions: Partitions,
  nowMs: number,
): MarkerOutcome | undefined {
  const batch = batchOf(marker, nowMs);
  const room = partitions.store.admit(batch.length);
  if (!room) return append(partition, marker, batch);
  // Who is admitted need not append.
  room.catch(() => {});
  return undefined;
}

function batchOf({ commit, producerId, producerEpoch, coordinatorEpoch }: MarkerFacts, timestamp: number): Uint8Array {
  return controlBatch({ type: commit ? "COMMIT" : "ABORT", producerId, producerEpoch, coordinatorEpoch, timestamp });
}

function append(partition: Partition, marker: MarkerFacts, batch: Uint8Array): MarkerOutcome {
  if (partition.deleted()) return refusal("UNKNOWN_TOPIC_OR_PARTITION", "the topic was deleted");
  const producers = partition.producers();
  const verdict = producers.checkMarker(marker);
  if (verdict.kind === "refused") return refusal(verdict.error, verdict.message);
  if (verdict.kind === "written") {
    return { kind: "appended", durable: partition.durable({ lastOffset: producers.lastMarkerOffset(marker.producerId) }) };
  }
  const header = readBatchHeader(batch, 0);
  patchBatch(batch, 0, { baseOffset: partition.log.endOffset, leaderEpoch: partition.leaderEpoch });
  return { kind: "appended", durable: partition.append(batch, header, marker).durable };
}
