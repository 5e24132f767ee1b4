// One record within a batch, read.
//
//   length: varint | attributes: 1 (unused) | timestampDelta: varlong | offsetDelta: varint
//   | key length: varint, -1 for null | key | value length: varint, -1 for null | value
//   | header count: varint | ( key length: varint | key (UTF-8) | value length: varint, -1 for null | value )*
//
// Varints are zigzag. Deltas are from the batch's base offset and base timestamp.
import { readVarint, readVarlong, type VarintCursor } from "@moldau/std";
import { asBuffer, viewOf } from "./bytes.js";
import { RecordsError } from "./errors.js";

export interface RecordHeader {
  /** Bytes that are no UTF-8 read as U+FFFD. */
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** Keys and values are views of the batch, or of what it decompressed to. */
export interface Record {
  readonly offset: number;
  /** Milliseconds since the epoch, of creation or appending as the batch says; -1 when there is none. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  /** The producer's sequence number; -1 when there is none. */
  readonly sequence: number;
}

/** What the batch contributes to each of its records. */
export interface RecordBase {
  readonly baseOffset: number;
  readonly baseTimestamp: number;
  /** Undefined unless the batch is of LogAppendTime, which then holds for every record. */
  readonly logAppendTime: number | undefined;
  readonly baseSequence: number;
}

export const NO_HEADERS: readonly RecordHeader[] = Object.freeze([]);

/** Reads the record at the cursor and moves behind it. Throws RecordsError or RangeError when it is damaged. */
export function readRecord(cursor: VarintCursor, base: RecordBase): Record {
  const end = readRecordEnd(cursor);
  cursor.position++;
  const timestampDelta = readVarlong(cursor);
  const offsetDelta = readVarint(cursor);
  const key = readBytes(cursor, end);
  const value = readBytes(cursor, end);
  const headers = readHeaders(cursor, end);
  if (cursor.position !== end) throw new RecordsError("a record's length is not that of its fields");
  return {
    offset: base.baseOffset + offsetDelta,
    timestamp: base.logAppendTime ?? base.baseTimestamp + timestampDelta,
    key,
    value,
    headers,
    sequence: base.baseSequence < 0 ? -1 : addSequence(base.baseSequence, offsetDelta),
  };
}

/** Where the record at the cursor ends; moves to its attributes. */
export function readRecordEnd(cursor: VarintCursor): number {
  const length = readVarint(cursor);
  if (length < 1 || length > cursor.end - cursor.position) throw new RecordsError(`a record of ${length} bytes passes the batch's end`);
  return cursor.position + length;
}

/** Sequence numbers go from 0 to 2^31 - 1 and around. */
function addSequence(sequence: number, count: number): number {
  return (sequence + count) % 2 ** 31;
}

function readBytes(cursor: VarintCursor, end: number): Uint8Array | null {
  const length = readVarint(cursor);
  if (length < 0) return null;
  const start = cursor.position;
  if (length > end - start) throw new RecordsError("a key or value passes its record's end");
  cursor.position = start + length;
  return viewOf(cursor.bytes, start, length);
}

/** A header takes at least two bytes, which bounds what a count can make us allocate. */
export function readHeaderCount(cursor: VarintCursor, end: number): number {
  const count = readVarint(cursor);
  if (count < 0 || count * 2 > end - cursor.position) throw new RecordsError(`a record cannot have ${count} headers`);
  return count;
}

export function readHeaders(cursor: VarintCursor, end: number): readonly RecordHeader[] {
  const count = readHeaderCount(cursor, end);
  if (count === 0) return NO_HEADERS;
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index++) {
    const key = readBytes(cursor, end);
    if (key === null) throw new RecordsError("a header has no key");
    headers.push({ key: asBuffer(key).toString("utf8"), value: readBytes(cursor, end) });
  }
  return headers;
}
