// What a partition remembers of its producers, so that a batch sent twice is stored once and a lost one is noticed (KIP-98, KIP-360).
//
// For each producer id: its epoch and the last batches, newest last. Five, because that is how many a client may have in flight.
// Derived from the batches alone: replaying them in order yields the same state.
import type { BatchFacts, RecoveredProducers } from "@moldau/storage";
import { type RefusedBatches, refusedBatches } from "./refused-batches.js";

export const REMEMBERED_BATCHES = 5;
/** Producers remembered per partition; beyond it the one silent for longest is forgotten, as if it had expired. */
export const REMEMBERED_PRODUCERS = 10_000;

const NO_PRODUCER = -1;
const SEQUENCES = 2 ** 31;

export interface SequencedBatch {
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly timestamp: number;
}

export interface ProducerEntry {
  readonly producerId: number;
  epoch: number;
  /** Of its last record: what the producer says. */
  lastTimestamp: number;
  /** When it was last heard of: what expiry goes by, since a producer may write of the past. */
  lastSeenMs: number;
  readonly batches: SequencedBatch[];
}

export type SequenceVerdict =
  | { readonly kind: "new" }
  | { readonly kind: "duplicate"; readonly batch: SequencedBatch }
  | { readonly kind: "refused"; readonly error: "INVALID_PRODUCER_EPOCH" | "OUT_OF_ORDER_SEQUENCE_NUMBER"; readonly message: string };

export interface ProducerStates {
  /** What to do with a batch whose base offset is not yet known. */
  check(batch: ProducerFacts): SequenceVerdict;
  /** Takes note of an appended batch. */
  apply(batch: BatchFacts): void;
  /** A batch that `check` found new could not be stored. */
  refuse(batch: ProducerFacts): void;
  /** What to go on with when batches were taken back: `recovered` is what is left. */
  rolledBack(recovered: RecoveredProducers): ProducerStates;
  /** Producers heard of within `expirationMs`; the others are forgotten. One that was recovered counts as heard of then. */
  live(expirationMs: number): readonly ProducerEntry[];
  /** All that concerns batches wholly below `through`. */
  snapshot(through: number): Uint8Array;
}

export interface ProducerFacts {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly lastOffsetDelta: number;
}

const NEW: SequenceVerdict = { kind: "new" };

/** `highWatermark`: what lies below it is durable. */
export function producerStates(
  recovered: RecoveredProducers,
  now: () => number,
  highWatermark: () => number,
  refusals: RefusedBatches = refusedBatches(),
): ProducerStates {
  // Insertion order is the order of the last batch: the first is the one silent for longest.
  const producers = new Map<number, ProducerEntry>();
  for (const entry of decode(recovered.producers, now())) producers.set(entry.producerId, entry);
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
    const newest = known.batches.at(-1);
    if (!newest) return NEW;
    const expected = addSequence(newest.lastSequence, 1);
    return baseSequence === expected ? NEW : outOfOrder(batch, String(expected));
  }

  function apply(batch: BatchFacts): void {
    if (batch.producerId === NO_PRODUCER) return;
    refusals.stored(batch.producerId);
    const known = producers.get(batch.producerId);
    // Replay may meet what the snapshot knows already.
    if (known && (known.batches.at(-1)?.lastOffset ?? -1) >= batch.lastOffset) return;
    const entry: ProducerEntry = known ?? {
      producerId: batch.producerId,
      epoch: batch.producerEpoch,
      lastTimestamp: 0,
      lastSeenMs: 0,
      batches: [],
    };
    if (entry.epoch !== batch.producerEpoch) {
      entry.epoch = batch.producerEpoch;
      entry.batches.length = 0;
    }
    entry.lastTimestamp = batch.maxTimestamp;
    entry.lastSeenMs = now();
    if (batch.baseSequence >= 0) {
      entry.batches.push({
        baseSequence: batch.baseSequence,
        lastSequence: addSequence(batch.baseSequence, batch.lastOffset - batch.baseOffset),
        baseOffset: batch.baseOffset,
        lastOffset: batch.lastOffset,
        timestamp: batch.maxTimestamp,
      });
      forgetOldest(entry.batches, highWatermark());
    }
    // The newest goes last, which costs something only where several producers share the partition.
    if (producers.size > 1 || !known) {
      producers.delete(batch.producerId);
      producers.set(batch.producerId, entry);
    }
    if (producers.size > REMEMBERED_PRODUCERS) {
      const [silent] = producers.keys();
      if (silent !== undefined) producers.delete(silent);
    }
  }

  function refuse(batch: ProducerFacts): void {
    if (batch.producerId !== NO_PRODUCER && !producers.has(batch.producerId)) refusals.refused(batch);
  }

  function rolledBack(left: RecoveredProducers): ProducerStates {
    const states = producerStates(left, now, highWatermark, refusals);
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
    apply,
    refuse,
    rolledBack,
    live(expirationMs) {
      const oldest = now() - expirationMs;
      for (const { producerId, lastSeenMs } of producers.values()) if (lastSeenMs < oldest) producers.delete(producerId);
      return [...producers.values()];
    },
    snapshot: (through) => encode(producers.values(), through),
  };
}

/** Keeps the newest durable batch whatever its age: snapshots leave out what may yet be lost, and must not lose the producer with it. */
function forgetOldest(batches: SequencedBatch[], highWatermark: number): void {
  while (batches.length > REMEMBERED_BATCHES && (batches[1]?.lastOffset ?? highWatermark) < highWatermark) batches.shift();
}

function addSequence(sequence: number, count: number): number {
  return (sequence + count) % SEQUENCES;
}

function refused(error: "INVALID_PRODUCER_EPOCH" | "OUT_OF_ORDER_SEQUENCE_NUMBER", message: string): SequenceVerdict {
  return { kind: "refused", error, message };
}

function outOfOrder(batch: ProducerFacts, expected: string): SequenceVerdict {
  return refused(
    "OUT_OF_ORDER_SEQUENCE_NUMBER",
    `producer ${batch.producerId} epoch ${batch.producerEpoch}: sequence ${batch.baseSequence}, expected ${expected}`,
  );
}

// Snapshot: a version byte, then per producer
//   id i64 · epoch i16 · last timestamp f64 · batch count u8 · per batch: base sequence u32, base offset f64, last offset f64, timestamp f64
const SNAPSHOT_VERSION = 1;
const PRODUCER_BYTES = 8 + 2 + 8 + 1;
const BATCH_BYTES = 4 + 8 + 8 + 8;

/** Batches at or after `through` are left out: they may yet be lost, and if not, replay brings them. */
function encode(entries: Iterable<ProducerEntry>, through: number): Uint8Array {
  const kept: { entry: ProducerEntry; batches: readonly SequencedBatch[] }[] = [];
  let bytes = 1;
  for (const entry of entries) {
    const batches = entry.batches.filter((batch) => batch.lastOffset < through);
    if (batches.length === 0) continue;
    kept.push({ entry, batches });
    bytes += PRODUCER_BYTES + BATCH_BYTES * batches.length;
  }
  if (kept.length === 0) return new Uint8Array(0);
  const out = Buffer.allocUnsafe(bytes);
  let at = out.writeUInt8(SNAPSHOT_VERSION, 0);
  for (const { entry, batches } of kept) {
    at = out.writeBigInt64BE(BigInt(entry.producerId), at);
    at = out.writeInt16BE(entry.epoch, at);
    at = out.writeDoubleBE(entry.lastTimestamp, at);
    at = out.writeUInt8(batches.length, at);
    for (const batch of batches) {
      at = out.writeUInt32BE(batch.baseSequence, at);
      at = out.writeDoubleBE(batch.baseOffset, at);
      at = out.writeDoubleBE(batch.lastOffset, at);
      at = out.writeDoubleBE(batch.timestamp, at);
    }
  }
  return out;
}

function* decode(snapshot: Uint8Array, lastSeenMs: number): Iterable<ProducerEntry> {
  if (snapshot.length === 0) return;
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.length);
  if (bytes.readUInt8(0) !== SNAPSHOT_VERSION)
    throw new Error(`producer snapshot of version ${bytes.readUInt8(0)}; this broker reads ${SNAPSHOT_VERSION}`);
  for (let at = 1; at < bytes.length; ) {
    const entry: ProducerEntry = {
      producerId: Number(bytes.readBigInt64BE(at)),
      epoch: bytes.readInt16BE(at + 8),
      lastTimestamp: bytes.readDoubleBE(at + 10),
      lastSeenMs,
      batches: [],
    };
    const count = bytes.readUInt8(at + 18);
    at += PRODUCER_BYTES;
    for (let i = 0; i < count; i++, at += BATCH_BYTES) {
      const baseSequence = bytes.readUInt32BE(at);
      const baseOffset = bytes.readDoubleBE(at + 4);
      const lastOffset = bytes.readDoubleBE(at + 12);
      const lastSequence = addSequence(baseSequence, lastOffset - baseOffset);
      entry.batches.push({ baseSequence, lastSequence, baseOffset, lastOffset, timestamp: bytes.readDoubleBE(at + 20) });
    }
    yield entry;
  }
}
