// What a partition remembers of its producers, so that a batch sent twice is stored once and a lost one is noticed (KIP-98, KIP-360).
//
// For each producer id: its epoch and the last batches, newest last. Five, because that is how many a client may have in flight. And its
// transactions: the marker that ends one may bring a higher epoch, with which the sequence begins anew (KIP-890).
// Derived from the batches alone: replaying them in order yields the same state.
import { assert } from "@moldau/std";
import type { BatchFacts, RecoveredProducers } from "@moldau/storage";
import { addSequence, type ProducerEntry, type SequencedBatch } from "./producer-entry.js";
import { decodeProducerStates, encodeProducerStates } from "./producer-snapshot.js";
import { type RefusedBatches, refusedBatches } from "./refused-batches.js";
import { type LogBounds, type Marker, type PartitionTransactions, partitionTransactions } from "./transactions.js";

export const REMEMBERED_BATCHES = 5;
/** Producers remembered per partition; beyond it the one silent for longest is forgotten, as if it had expired. */
export const REMEMBERED_PRODUCERS = 10_000;

const NO_PRODUCER = -1;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;

export const isControl = ({ attributes }: Pick<BatchFacts, "attributes">): boolean => (attributes & CONTROL_BIT) !== 0;

export type SequenceVerdict = { readonly kind: "new" } | { readonly kind: "duplicate"; readonly batch: SequencedBatch } | Refused;

type Refused = {
  readonly kind: "refused";
  readonly error: "INVALID_PRODUCER_EPOCH" | "OUT_OF_ORDER_SEQUENCE_NUMBER" | "INVALID_TXN_STATE" | "TRANSACTION_COORDINATOR_FENCED";
  readonly message: string;
};

export type MarkerVerdict = { readonly kind: "new" } | { readonly kind: "written" } | Refused;

/** A marker that is to be written. */
export interface MarkerFacts extends Marker {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** That of KIP-890: from 2 on the epoch is above any that the transaction has written with. */
  readonly transactionVersion: number;
}

export interface ProducerStates {
  /** What to do with a batch whose base offset is not yet known. */
  check(batch: ProducerFacts): SequenceVerdict;
  /** Whether a marker may be written; or is, as far as there is anything to end. */
  checkMarker(marker: MarkerFacts): MarkerVerdict;
  /** Whether the producer has a transaction open here, with this epoch. */
  inTransaction(producer: Pick<ProducerFacts, "producerId" | "producerEpoch">): boolean;
  /**
   * Changes with each marker of the producer: who looked at its transaction before cannot rely on that after. To ask is to hear of the
   * producer, which is not forgotten meanwhile: that would look like a change.
   */
  lastMarkerOffset(producerId: number): number;
  readonly transactions: PartitionTransactions;
  /** Takes note of an appended batch. What a marker says is found by its offset, unless it is given. */
  apply(batch: BatchFacts, marker?: Marker): void;
  /** A batch that `check` found new could not be stored. */
  refuse(batch: ProducerFacts): void;
  /** What to go on with when batches were taken back: `recovered` is what is left. */
  rolledBack(recovered: RecoveredProducers): ProducerStates;
  /** Forgets producers not heard of within `expirationMs`, except in open transactions. One that was recovered counts as heard of then. */
  expire(expirationMs: number): void;
  /** Those that are remembered. */
  entries(): readonly ProducerEntry[];
  /** All that concerns batches wholly below `through`, of a log that is compacted through `cleanedThrough`. */
  snapshot(through: number, cleanedThrough?: number): Uint8Array;
}

export interface ProducerFacts {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly lastOffsetDelta: number;
  /** Default: no. */
  readonly transactional?: boolean;
}

/** What a marker of the log's tail says. */
export type MarkerSource = (offset: number) => Marker | undefined;

const NEW = { kind: "new" } as const;
const WRITTEN = { kind: "written" } as const;
/** The transaction.version from which markers raise the epoch. */
const RAISES_EPOCH_SINCE = 2;
const NO_MARKERS: MarkerSource = () => undefined;

export function producerStates(
  recovered: RecoveredProducers,
  now: () => number,
  bounds: () => LogBounds,
  markerAt: MarkerSource = NO_MARKERS,
  refusals: RefusedBatches = refusedBatches(),
): ProducerStates {
  const stored = decodeProducerStates(recovered.producers, now());
  const transactions = partitionTransactions(stored.transactions, bounds);
  // Insertion order is the order in which they were last heard of: the first is the one silent for longest.
  const producers = new Map(stored.entries.map((entry) => [entry.producerId, entry]));
  for (const batch of recovered.tail) apply(batch);

  function check(batch: ProducerFacts): SequenceVerdict {
    if (batch.producerId === NO_PRODUCER) return NEW;
    const known = producers.get(batch.producerId);
    if (!known) {
      // Perhaps because retention forgot it: any sequence begins a new story.
      const awaited = refusals.awaitedBefore(batch);
      return awaited === undefined ? NEW : outOfOrder(batch, `${awaited}, which was refused a moment ago`);
    }
    const { producerEpoch: epoch, baseSequence } = batch;
    if (epoch < known.epoch) {
      return refused("INVALID_PRODUCER_EPOCH", `producer ${batch.producerId} has epoch ${known.epoch}, the batch has ${epoch}`);
    }
    if (epoch > known.epoch) {
      return baseSequence === 0 ? NEW : outOfOrder(batch, "0, for the epoch is new");
    }
    const lastSequence = addSequence(baseSequence, batch.lastOffsetDelta);
    const twin = known.batches.find((b) => b.baseSequence === baseSequence && b.lastSequence === lastSequence);
    if (twin) return { kind: "duplicate", batch: twin };
    // With a marker's epoch, sequences begin anew.
    const newest = known.batches.at(-1);
    const expected = newest ? addSequence(newest.lastSequence, 1) : 0;
    if (baseSequence !== expected) return outOfOrder(batch, String(expected));
    if (batch.transactional || !inTransaction(batch)) return NEW;
    return refused("INVALID_TXN_STATE", `producer ${batch.producerId} has a transaction open here; the batch is none of it`);
  }

  function inTransaction({ producerId, producerEpoch }: Pick<ProducerFacts, "producerId" | "producerEpoch">): boolean {
    return transactions.firstOffset(producerId) !== undefined && producers.get(producerId)?.epoch === producerEpoch;
  }

  function checkMarker({ producerId, producerEpoch, coordinatorEpoch, transactionVersion }: MarkerFacts): MarkerVerdict {
    const known = producers.get(producerId);
    if (!known) return NEW;
    if (coordinatorEpoch < known.coordinatorEpoch) {
      const message = `the last marker of producer ${producerId} is of coordinator epoch ${known.coordinatorEpoch}, not ${coordinatorEpoch}`;
      return refused("TRANSACTION_COORDINATOR_FENCED", message);
    }
    const raises = transactionVersion >= RAISES_EPOCH_SINCE;
    const open = transactions.firstOffset(producerId) !== undefined;
    if (raises && producerEpoch === known.epoch && !open) return WRITTEN;
    if (producerEpoch < known.epoch || (raises && producerEpoch === known.epoch)) {
      return refused("INVALID_PRODUCER_EPOCH", `producer ${producerId} has epoch ${known.epoch}, the marker has ${producerEpoch}`);
    }
    return NEW;
  }

  function apply(batch: BatchFacts, marker?: Marker): void {
    if (batch.producerId === NO_PRODUCER) return;
    refusals.stored(batch.producerId);
    const known = producers.get(batch.producerId);
    // Replay may meet what the snapshot knows already.
    if (known && (known.batches.at(-1)?.lastOffset ?? -1) >= batch.lastOffset) return;
    const entry = known ?? unheardOf(batch);
    if (entry.epoch !== batch.producerEpoch) {
      entry.epoch = batch.producerEpoch;
      entry.epochSinceOffset = batch.baseOffset;
      entry.batches.length = 0;
    }
    entry.lastTimestamp = batch.maxTimestamp;
    if (isControl(batch)) end(entry, batch, marker ?? markerAt(batch.baseOffset));
    else append(entry, batch);
    heardOf(entry);
    if (producers.size > REMEMBERED_PRODUCERS) forgetSilent(batch.producerId);
  }

  /** The newest goes last, which costs something only where several producers share the partition. */
  function heardOf(entry: ProducerEntry): void {
    const { producerId } = entry;
    entry.lastSeenMs = now();
    if (producers.size === 1 && producers.has(producerId)) return;
    producers.delete(producerId);
    producers.set(producerId, entry);
  }

  function append(entry: ProducerEntry, batch: BatchFacts): void {
    if ((batch.attributes & TRANSACTIONAL_BIT) !== 0) transactions.begin(batch.producerId, batch.baseOffset);
    if (batch.baseSequence < 0) return;
    entry.batches.push({
      baseSequence: batch.baseSequence,
      lastSequence: addSequence(batch.baseSequence, batch.lastOffset - batch.baseOffset),
      baseOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      timestamp: batch.maxTimestamp,
    });
    forgetOldest(entry.batches, bounds().highWatermark);
  }

  function end(entry: ProducerEntry, { producerId, baseOffset }: BatchFacts, marker: Marker | undefined): void {
    assert(marker, () => `what the marker at ${baseOffset} says is known`);
    transactions.end(producerId, baseOffset, marker);
    entry.coordinatorEpoch = marker.coordinatorEpoch;
    entry.lastMarkerOffset = baseOffset;
  }

  /** One that has a transaction open is never forgotten, nor is the one that was just heard of. */
  function forgetSilent(newest: number): void {
    for (const producerId of producers.keys()) {
      if (producerId === newest || transactions.firstOffset(producerId) !== undefined) continue;
      producers.delete(producerId);
      return;
    }
  }

  function refuse(batch: ProducerFacts): void {
    if (batch.producerId !== NO_PRODUCER && !producers.has(batch.producerId)) refusals.refused(batch);
  }

  function rolledBack(left: RecoveredProducers): ProducerStates {
    const states = producerStates(left, now, bounds, transactions.markerAt, refusals);
    for (const {
      producerId,
      epoch,
      batches: [first],
    } of producers.values()) {
      if (first) states.refuse({ producerId, producerEpoch: epoch, baseSequence: first.baseSequence, lastOffsetDelta: 0 });
    }
    return states;
  }

  return {
    check,
    checkMarker,
    inTransaction,
    lastMarkerOffset(producerId) {
      const known = producers.get(producerId);
      if (!known) return -1;
      heardOf(known);
      return known.lastMarkerOffset;
    },
    transactions,
    apply,
    refuse,
    rolledBack,
    expire(expirationMs) {
      const oldest = now() - expirationMs;
      for (const { producerId, lastSeenMs } of producers.values()) {
        if (lastSeenMs >= oldest) return;
        if (transactions.firstOffset(producerId) === undefined) producers.delete(producerId);
      }
    },
    entries: () => [...producers.values()],
    snapshot: (through, cleanedThrough) =>
      encodeProducerStates(producers.values(), transactions.snapshot(through, cleanedThrough), through),
  };
}

/** Keeps the newest durable batch whatever its age: snapshots leave out what may yet be lost, and must not lose the producer with it. */
function forgetOldest(batches: SequencedBatch[], highWatermark: number): void {
  while (batches.length > REMEMBERED_BATCHES && (batches[1]?.lastOffset ?? highWatermark) < highWatermark) batches.shift();
}

const unheardOf = ({ producerId, producerEpoch, baseOffset }: BatchFacts): ProducerEntry => ({
  producerId,
  epoch: producerEpoch,
  epochSinceOffset: baseOffset,
  coordinatorEpoch: -1,
  lastMarkerOffset: -1,
  lastTimestamp: 0,
  lastSeenMs: 0,
  batches: [],
});

const refused = (error: Refused["error"], message: string): Refused => ({ kind: "refused", error, message });

function outOfOrder(batch: ProducerFacts, expected: string): Refused {
  return refused(
    "OUT_OF_ORDER_SEQUENCE_NUMBER",
    `producer ${batch.producerId} epoch ${batch.producerEpoch}: sequence ${batch.baseSequence}, expected ${expected}`,
  );
}
