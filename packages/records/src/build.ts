// Record batches, written: sizes first, then one allocation that is filled from the front.
import { assert, varintBytes, varlongBytes, writeVarint, writeVarlong } from "@moldau/std";
import { asBuffer } from "./bytes.js";
import { compress } from "./compression/codecs.js";
import type { CompressionName } from "./compression/names.js";
import type { TimestampType } from "./header.js";
import { attributesOf, writeBatchHeader } from "./header-writer.js";
import * as layout from "./layout.js";
import { sealBatch } from "./patch.js";
import type { RecordHeader } from "./record.js";

export interface RecordInput {
  readonly key?: Uint8Array | null;
  readonly value?: Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
  /** Milliseconds since the epoch; -1, the default, for none. */
  readonly timestamp?: number;
  /** Absolute, and above that of the record before; by default the one after it. */
  readonly offset?: number;
}

export interface BatchInput {
  readonly records: readonly RecordInput[];
  /** Default 0: what producers send. */
  readonly baseOffset?: number;
  /** Default "none". */
  readonly compression?: CompressionName;
  /** See `compress`. */
  readonly compressionLevel?: number;
  /** Default "CreateTime". */
  readonly timestampType?: TimestampType;
  /** Default -1: not idempotent. Epoch and sequence likewise. */
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** Default -1: what producers send. */
  readonly leaderEpoch?: number;
}

/** A record's place and sizes, found in the first pass. */
interface Measured {
  readonly record: RecordInput;
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  /** What follows the length field. */
  readonly bodyBytes: number;
}

/** A whole batch of at least one record. */
export function buildBatch(input: BatchInput): Uint8Array {
  assert(input.records.length > 0, "a batch holds at least one record");
  const compression = input.compression ?? "none";
  const measured = measureRecords(input);
  const recordsBytes = measured.reduce((sum, { bodyBytes }) => sum + varintBytes(bodyBytes) + bodyBytes, 0);
  // Compressed records are written apart, plain ones where they stay.
  const room = compression === "none" ? layout.BATCH_HEADER_BYTES : 0;
  let batch: Uint8Array = Buffer.allocUnsafe(room + recordsBytes);
  let position = room;
  for (const record of measured) position = writeRecord(batch, position, record);
  assert(position === batch.length, "records take the bytes that were measured");
  if (compression !== "none") batch = withRoomForHeader(compress(compression, batch, input.compressionLevel));
  writeHeader(batch, input, measured);
  sealBatch(batch, 0);
  return batch;
}

/** A batch around records as they are stored; the header is the caller's to write. */
export function withRoomForHeader(stored: Uint8Array): Uint8Array {
  const batch = Buffer.allocUnsafe(layout.BATCH_HEADER_BYTES + stored.length);
  batch.set(stored, layout.BATCH_HEADER_BYTES);
  return batch;
}

function measureRecords({ records, baseOffset = 0 }: BatchInput): readonly Measured[] {
  const baseTimestamp = records[0]?.timestamp ?? layout.ABSENT;
  let lastDelta = -1;
  return records.map((record) => {
    const offsetDelta = record.offset === undefined ? lastDelta + 1 : record.offset - baseOffset;
    assert(offsetDelta > lastDelta, "offsets within a batch grow");
    lastDelta = offsetDelta;
    const timestampDelta = (record.timestamp ?? layout.ABSENT) - baseTimestamp;
    return { record, offsetDelta, timestampDelta, bodyBytes: bodyBytes(record, offsetDelta, timestampDelta) };
  });
}

const nullableBytes = (bytes: Uint8Array | null | undefined): number => (bytes ? varintBytes(bytes.length) + bytes.length : 1);

function bodyBytes(record: RecordInput, offsetDelta: number, timestampDelta: number): number {
  const headers = record.headers ?? [];
  let total = 1 + varlongBytes(timestampDelta) + varintBytes(offsetDelta);
  total += nullableBytes(record.key) + nullableBytes(record.value) + varintBytes(headers.length);
  for (const { key, value } of headers) {
    const keyBytes = Buffer.byteLength(key);
    total += varintBytes(keyBytes) + keyBytes + nullableBytes(value);
  }
  return total;
}

function writeRecord(bytes: Uint8Array, position: number, { record, offsetDelta, timestampDelta, bodyBytes }: Measured): number {
  let next = writeVarint(bytes, position, bodyBytes);
  bytes[next++] = 0;
  next = writeVarlong(bytes, next, timestampDelta);
  next = writeVarint(bytes, next, offsetDelta);
  next = writeNullable(bytes, next, record.key);
  next = writeNullable(bytes, next, record.value);
  const headers = record.headers ?? [];
  next = writeVarint(bytes, next, headers.length);
  for (const { key, value } of headers) {
    next = writeVarint(bytes, next, Buffer.byteLength(key));
    next += asBuffer(bytes).write(key, next);
    next = writeNullable(bytes, next, value);
  }
  return next;
}

function writeNullable(bytes: Uint8Array, position: number, value: Uint8Array | null | undefined): number {
  if (!value) return writeVarint(bytes, position, -1);
  const next = writeVarint(bytes, position, value.length);
  bytes.set(value, next);
  return next + value.length;
}

/** All but the crc, of a batch as long as it will be. */
function writeHeader(batch: Uint8Array, input: BatchInput, measured: readonly Measured[]): void {
  const timestamps = input.records.map(({ timestamp = layout.ABSENT }) => timestamp);
  writeBatchHeader(batch, {
    ...input,
    attributes: attributesOf(input),
    lastOffsetDelta: measured.at(-1)?.offsetDelta ?? 0,
    baseTimestamp: timestamps[0] ?? layout.ABSENT,
    maxTimestamp: timestamps.reduce((max, timestamp) => Math.max(max, timestamp), layout.ABSENT),
    recordCount: measured.length,
  });
}
