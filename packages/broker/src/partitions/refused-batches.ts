// First batches of producers that could not be stored: the journal had no room, or its disk failed.
//
// A producer that a partition does not know may begin with any sequence, for it may have been forgotten. But with several batches under
// way, the second must not be taken for such a beginning when the first was refused: the first comes again, and has to be stored before.

/** Producers remembered; beyond it the one refused longest ago is forgotten. */
const REMEMBERED_PRODUCERS = 1_000;

interface FirstBatch {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

export interface RefusedBatches {
  refused(batch: FirstBatch): void;
  /** The sequence that has to come before this batch of an unknown producer; undefined when it may begin. */
  awaitedBefore(batch: FirstBatch): number | undefined;
  /** The producer is known from now on. */
  stored(producerId: number): void;
}

export function refusedBatches(): RefusedBatches {
  const awaited = new Map<number, FirstBatch>();
  return {
    refused(batch) {
      const known = awaited.get(batch.producerId);
      if (known?.producerEpoch === batch.producerEpoch && known.baseSequence <= batch.baseSequence) return;
      awaited.delete(batch.producerId);
      awaited.set(batch.producerId, batch);
      if (awaited.size <= REMEMBERED_PRODUCERS) return;
      const [oldest] = awaited.keys();
      if (oldest !== undefined) awaited.delete(oldest);
    },
    awaitedBefore({ producerId, producerEpoch, baseSequence }) {
      const known = awaited.get(producerId);
      return known?.producerEpoch === producerEpoch && known.baseSequence < baseSequence ? known.baseSequence : undefined;
    },
    stored(producerId) {
      if (awaited.size > 0) awaited.delete(producerId);
    },
  };
}
