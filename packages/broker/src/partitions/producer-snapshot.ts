// What the catalog keeps of a partition's producers and transactions, so that a restart need not read the log.
//
//   version u8 = 2
//   open count u32    · each: producer id i64, first offset f64
//   aborted count u32 · each: producer id i64, first offset f64, last offset f64
//   producers, to the end of it:
//     id i64 · epoch i16 · coordinator epoch i32 · last timestamp f64 · batch count u8
//     per batch: base sequence u32, base offset f64, last offset f64, timestamp f64
//
// Big-endian. No bytes at all: no producer is known.
import type { ProducerEntry, SequencedBatch } from "./producer-entry.js";
import { addSequence } from "./producer-entry.js";
import { NO_TRANSACTIONS, type TransactionsSnapshot } from "./transactions.js";

const VERSION = 2;
const OPEN_BYTES = 8 + 8;
const ABORTED_BYTES = 8 + 8 + 8;
const PRODUCER_BYTES = 8 + 2 + 4 + 8 + 1;
const BATCH_BYTES = 4 + 8 + 8 + 8;

export interface ProducersSnapshot {
  readonly entries: readonly ProducerEntry[];
  readonly transactions: TransactionsSnapshot;
}

/** As of the log that ends at `through`: batches after it are left out, for they may yet be lost, and if not, replay brings them. */
export function encodeProducerStates(entries: Iterable<ProducerEntry>, transactions: TransactionsSnapshot, through: number): Uint8Array {
  const { open, aborted } = transactions;
  const kept: { readonly entry: ProducerEntry; readonly batches: readonly SequencedBatch[] }[] = [];
  let bytes = 1 + 4 + OPEN_BYTES * open.length + 4 + ABORTED_BYTES * aborted.length;
  for (const entry of entries) {
    if (entry.epochSinceOffset >= through) continue;
    const batches = entry.batches.filter((batch) => batch.lastOffset < through);
    kept.push({ entry, batches });
    bytes += PRODUCER_BYTES + BATCH_BYTES * batches.length;
  }
  if (kept.length + open.length + aborted.length === 0) return new Uint8Array(0);
  const out = Buffer.allocUnsafe(bytes);
  let at = writeTransactions(out, out.writeUInt8(VERSION, 0), transactions);
  for (const { entry, batches } of kept) {
    at = out.writeBigInt64BE(BigInt(entry.producerId), at);
    at = out.writeInt16BE(entry.epoch, at);
    at = out.writeInt32BE(entry.coordinatorEpoch, at);
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

function writeTransactions(out: Buffer, position: number, { open, aborted }: TransactionsSnapshot): number {
  let at = out.writeUInt32BE(open.length, position);
  for (const { producerId, firstOffset } of open) {
    at = out.writeBigInt64BE(BigInt(producerId), at);
    at = out.writeDoubleBE(firstOffset, at);
  }
  at = out.writeUInt32BE(aborted.length, at);
  for (const { producerId, firstOffset, lastOffset } of aborted) {
    at = out.writeBigInt64BE(BigInt(producerId), at);
    at = out.writeDoubleBE(firstOffset, at);
    at = out.writeDoubleBE(lastOffset, at);
  }
  return at;
}

/** `lastSeenMs`: when its producers count as heard of. Throws for another version. */
export function decodeProducerStates(snapshot: Uint8Array, lastSeenMs: number): ProducersSnapshot {
  if (snapshot.length === 0) return { entries: [], transactions: NO_TRANSACTIONS };
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.length);
  const version = bytes.readUInt8(0);
  if (version !== VERSION) throw new Error(`producer snapshot of version ${version}; this broker reads ${VERSION}`);
  const open = [];
  let at = 5;
  for (let left = bytes.readUInt32BE(1); left > 0; left--, at += OPEN_BYTES)
    open.push({ producerId: Number(bytes.readBigInt64BE(at)), firstOffset: bytes.readDoubleBE(at + 8) });
  const aborted = [];
  let abortedLeft = bytes.readUInt32BE(at);
  for (at += 4; abortedLeft > 0; abortedLeft--, at += ABORTED_BYTES) {
    const producerId = Number(bytes.readBigInt64BE(at));
    aborted.push({ producerId, firstOffset: bytes.readDoubleBE(at + 8), lastOffset: bytes.readDoubleBE(at + 16) });
  }
  const entries: ProducerEntry[] = [];
  while (at < bytes.length) {
    const entry = readEntry(bytes, at, lastSeenMs);
    entries.push(entry);
    at += PRODUCER_BYTES + BATCH_BYTES * entry.batches.length;
  }
  return { entries, transactions: { open, aborted } };
}

function readEntry(bytes: Buffer, position: number, lastSeenMs: number): ProducerEntry {
  const entry: ProducerEntry = {
    producerId: Number(bytes.readBigInt64BE(position)),
    epoch: bytes.readInt16BE(position + 8),
    epochSinceOffset: -1,
    coordinatorEpoch: bytes.readInt32BE(position + 10),
    lastMarkerOffset: -1,
    lastTimestamp: bytes.readDoubleBE(position + 14),
    lastSeenMs,
    batches: [],
  };
  const count = bytes.readUInt8(position + 22);
  for (let i = 0, at = position + PRODUCER_BYTES; i < count; i++, at += BATCH_BYTES) {
    const baseSequence = bytes.readUInt32BE(at);
    const baseOffset = bytes.readDoubleBE(at + 4);
    const lastOffset = bytes.readDoubleBE(at + 12);
    const lastSequence = addSequence(baseSequence, lastOffset - baseOffset);
    entry.batches.push({ baseSequence, lastSequence, baseOffset, lastOffset, timestamp: bytes.readDoubleBE(at + 20) });
  }
  return entry;
}
