// A partition as its leader holds it: the log, what is known of its producers, and who waits for more.

import type { Clock } from "@moldau/env";
import type { BatchHeader } from "@moldau/records";
import type { TopicId } from "@moldau/std";
import type { Log } from "@moldau/storage";
import type { OwnedLog } from "./owned-log.js";
import type { SequencedBatch } from "./producer-entry.js";
import { type ProducerStates, producerStates } from "./producer-state.js";
import { markerIn, tailMarkers } from "./tail-markers.js";
import type { Marker } from "./transactions.js";

/** Waits for the high watermark to move. */
export interface Waiter {
  wake(): void;
}

export interface Appended {
  readonly baseOffset: number;
  /** Settles with the journal group; see Log.append. */
  readonly durable: Promise<void>;
}

export interface Partition {
  readonly topicId: TopicId;
  readonly index: number;
  readonly leaderEpoch: number;
  readonly log: Log;
  readonly producers: () => ProducerStates;
  /**
   * Gives the batch its offsets and appends it. The batch is checked and its base offset patched; room was admitted.
   * `header` are the batch's facts before patching; `marker` is what a control batch says, which is read from it unless given.
   */
  append(batch: Uint8Array, header: BatchHeader, marker?: Marker): Appended;
  /** When a batch appended earlier is durable: at once if it is below the high watermark. */
  durable(batch: Pick<SequencedBatch, "lastOffset">): Promise<void>;
  /** Where the epoch ended: the largest known epoch not above `epoch` and the offset after its last record (KIP-101, KIP-320). */
  endOfEpoch(epoch: number): { readonly epoch: number; readonly endOffset: number } | undefined;
  /**
   * Grows with each compaction. What was read while it grew may hold records of aborted transactions that nothing tells of any more: it
   * is to be read again.
   *
   * Invariant: who reads records, and then, in the same turn and if this has not grown, asks what was aborted among them, is told of all
   * that have records there, and of none whose marker is gone. For the records go with one compaction, at the end of which the transaction
   * is forgotten, here and in the catalog; its marker goes with a later one. To be told of a transaction whose marker never comes would
   * make a reader drop all that the producer wrote after.
   */
  readonly compactions: () => number;
  readonly waiters: Set<Waiter>;
  /** The topic was deleted: all who wait are woken to see it. */
  readonly deleted: () => boolean;
  markDeleted(): void;
}

const DONE = Promise.resolve();
/** Markers that are remembered before it is looked which of them may be forgotten. */
const MARKERS_HELD = 1_000;

/** Rejects when the log's newest markers cannot be read; `owned` has no owner then. */
export async function openPartition({ log, own }: OwnedLog, clock: Clock, leaderEpoch: number): Promise<Partition> {
  const { recovered } = log;
  const markers = await tailMarkers(log, recovered.tail);
  const now = () => clock.monotonicMs();
  let producers = producerStates(
    recovered,
    now,
    () => log,
    (offset) => markers.get(offset),
  );
  const { topicId, index } = log.partition;
  const waiters = new Set<Waiter>();
  let gone = false;
  let newest: Promise<void> = DONE;
  let markersAtMost = MARKERS_HELD;
  let compactions = 0;

  const wakeAll = () => {
    if (waiters.size === 0) return;
    for (const waiter of [...waiters]) waiter.wake();
  };
  /** Those that the catalog has the effect of. To know which costs a walk over the log's tail, so it is done rarely. */
  const forgetStoredMarkers = () => {
    const { transactions } = producers;
    if (transactions.markersHeld() < markersAtMost) return;
    transactions.forgetMarkers(log.recovered.producersThrough);
    markersAtMost = Math.max(MARKERS_HELD, 2 * transactions.markersHeld());
  };
  own({
    advanced: wakeAll,
    rolledBack() {
      producers = producers.rolledBack(log.recovered);
    },
    producers(through, cleanedThrough) {
      forgetStoredMarkers();
      return producers.snapshot(through, cleanedThrough);
    },
    cleaned(through) {
      compactions++;
      producers.transactions.cleaned(through);
    },
  });

  return {
    topicId,
    index,
    leaderEpoch,
    log,
    producers: () => producers,
    append(batch, header, marker) {
      const baseOffset = log.endOffset;
      const lastOffset = baseOffset + header.lastOffsetDelta;
      newest = log.append(batch);
      const { maxTimestamp, producerId, producerEpoch, baseSequence, attributes } = header;
      const facts = { baseOffset, lastOffset, maxTimestamp, producerId, producerEpoch, baseSequence, attributes };
      producers.apply(facts, header.control ? (marker ?? markerIn(batch)) : undefined);
      return { baseOffset, durable: newest };
    },
    // Journal groups become durable in order, so waiting for the newest is waiting for this one too.
    durable: (batch) => (batch.lastOffset < log.highWatermark ? DONE : newest),
    endOfEpoch: (epoch) => endOfEpoch(log, epoch),
    compactions: () => compactions,
    waiters,
    deleted: () => gone,
    markDeleted() {
      gone = true;
      wakeAll();
    },
  };
}

function endOfEpoch(log: Log, epoch: number) {
  const { epochs } = log;
  for (let i = epochs.length - 1; i >= 0; i--) {
    const known = epochs[i];
    if (!known || known.epoch > epoch) continue;
    return { epoch: known.epoch, endOffset: epochs[i + 1]?.startOffset ?? log.endOffset };
  }
  return undefined;
}
