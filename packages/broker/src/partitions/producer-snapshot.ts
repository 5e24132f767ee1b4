// What the catalog keeps of a partition's producers and transactions, so that a restart need not read the log.
//
//   version u8 = 3
//   open count u32    · each: producer id i64, first offset f64
//   blocks of aborted transactions u32 · each: count u32, first offset f64, last offset f64, length u32, bytes (see aborted-transactions.ts)
//   producers, to the end of it:
//     id i64 · epoch i16 · coordinator epoch i32 · last timestamp f64 · batch count u8
//     per batch: base sequence u32, base offset f64, last offset f64, timestamp f64
//
// Big-endian. No bytes at all: no producer is known. Version 2 had each aborted transaction by itself:
//
//   aborted count u32 · each: producer id i64, first offset f64, last offset f64
import { type AbortedBlock, abortedTransactions } from "./aborted-transactions.js";
import type { ProducerEntry, SequencedBatch } from "./producer-entry.js";
import { addSequence } from "./producer-entry.js";
import { NO_TRANSACTIONS, type TransactionsSnapshot } from "./transactions.js";

const VERSION = 3;
const UNPACKED_VERSION = 2;
const OPEN_BYTES = 8 + 8;
const BLOCK_BYTES = 4 + 8 + 8 + 4;
const UNPACKED_BYTES = 8 + 8 + 8;
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
  let bytes = 1 + 4 + OPEN_BYTES * open.length + 4;
  for (const block of aborted) bytes += BLOCK_BYTES + block.bytes.length;
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
  for (const { count, firstOffset, lastOffset, bytes } of aborted) {
    at = out.writeUInt32BE(count, at);
    at = out.writeDoubleBE(firstOffset, at);
    at = out.writeDoubleBE(lastOffset, at);
    at = out.writeUInt32BE(bytes.length, at);
    out.set(bytes, at);
    at += bytes.length;
  }
  return at;
}

/** `lastSeenMs`: when its producers count as heard of. Throws for another version. */
export function decodeProducerStates(snapshot: Uint8Array, lastSeenMs: number): ProducersSnapshot {
  if (snapshot.length === 0) return { entries: [], transactions: NO_TRANSACTIONS };
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.length);
  const version = bytes.readUInt8(0);
  if (version !== VERSION && version !== UNPACKED_VERSION) {
    throw new Error(`producer snapshot of version ${version}; this broker reads ${UNPACKED_VERSION} and ${VERSION}`);
  }
  const open = [];
  let at = 5;
  for (let left = bytes.readUInt32BE(1); left > 0; left--, at += OPEN_BYTES)
    open.push({ producerId: Number(bytes.readBigInt64BE(at)), firstOffset: bytes.readDoubleBE(at + 8) });
  const { aborted, end } = version === VERSION ? readAborted(bytes, at) : readUnpacked(bytes, at);
  at = end;
  const entries: ProducerEntry[] = [];
  while (at < bytes.length) {
    const entry = readEntry(bytes, at, lastSeenMs);
    entries.push(entry);
    at += PRODUCER_BYTES + BATCH_BYTES * entry.batches.length;
  }
  return { entries, transactions: { open, aborted } };
}

interface ReadAborted {
  readonly aborted: readonly AbortedBlock[];
  readonly end: number;
}

function readAborted(bytes: Buffer, position: number): ReadAborted {
  const aborted: AbortedBlock[] = [];
  let at = position + 4;
  for (let left = bytes.readUInt32BE(position); left > 0; left--) {
    const end = at + BLOCK_BYTES + bytes.readUInt32BE(at + 20);
    aborted.push({
      count: bytes.readUInt32BE(at),
      firstOffset: bytes.readDoubleBE(at + 4),
      lastOffset: bytes.readDoubleBE(at + 12),
      // The snapshot's memory is not ours to keep.
      bytes: new Uint8Array(bytes.subarray(at + BLOCK_BYTES, end)),
    });
    at = end;
  }
  return { aborted, end: at };
}

function readUnpacked(bytes: Buffer, position: number): ReadAborted {
  const aborted = abortedTransactions([]);
  let at = position + 4;
  for (let left = bytes.readUInt32BE(position); left > 0; left--, at += UNPACKED_BYTES) {
    const producerId = Number(bytes.readBigInt64BE(at));
    aborted.add({ producerId, firstOffset: bytes.readDoubleBE(at + 8), lastOffset: bytes.readDoubleBE(at + 16) });
  }
  return { aborted: aborted.packed(Number.POSITIVE_INFINITY), end: at };
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
