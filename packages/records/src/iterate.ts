// The records of one batch, one at a time: nothing is decompressed or parsed before the first is asked for.
import type { VarintCursor } from "@moldau/std";
import { DEFAULT_MAX_DECOMPRESSED_BYTES, decompress } from "./compression/codecs.js";
import { RecordsError } from "./errors.js";
import { type BatchHeader, readBatchHeader } from "./header.js";
import { BATCH_HEADER_BYTES } from "./layout.js";
import { type Record, type RecordBase, readRecord } from "./record.js";

export interface ReadOptions {
  /** More is refused before it is decompressed. Default 128 MiB. */
  readonly maxDecompressedBytes?: number;
}

/**
 * The records of the batch at `position`, in its order. The iteration throws RecordsError at the first damage it meets: the checksum
 * is not verified, see `checkBatch`. Records before the damage have been given by then.
 */
export function records(bytes: Uint8Array, position = 0, options: ReadOptions = {}): Iterable<Record> {
  return { [Symbol.iterator]: () => iterate(bytes, position, options) };
}

function* iterate(bytes: Uint8Array, position: number, options: ReadOptions): Generator<Record, void, undefined> {
  const header = readBatchHeader(bytes, position);
  const cursor = openRecords(bytes, position, header, options.maxDecompressedBytes);
  const base = recordBase(header);
  for (let read = 0; read < header.recordCount; read++) yield readOne(cursor, base);
  closeRecords(cursor);
}

function readOne(cursor: VarintCursor, base: RecordBase): Record {
  try {
    return readRecord(cursor, base);
  } catch (cause) {
    throw asRecordsError(cause);
  }
}

/** The batch's records without its header, as they are stored: compressed when the header says so. Throws RecordsError when cut off. */
export function storedRecords(bytes: Uint8Array, position: number, header: BatchHeader): Uint8Array {
  if (header.sizeBytes < BATCH_HEADER_BYTES || header.sizeBytes > bytes.length - position)
    throw new RecordsError("a record batch is cut off");
  return bytes.subarray(position + BATCH_HEADER_BYTES, position + header.sizeBytes);
}

/** A cursor at the first record, over decompressed bytes where they are compressed. */
export function openRecords(
  bytes: Uint8Array,
  position: number,
  header: BatchHeader,
  maxDecompressedBytes = DEFAULT_MAX_DECOMPRESSED_BYTES,
): VarintCursor {
  const stored = storedRecords(bytes, position, header);
  if (header.recordCount < 0) throw new RecordsError(`a record batch cannot have ${header.recordCount} records`);
  const empty = header.recordCount === 0 && stored.length === 0;
  const content = empty ? stored : decompress(header.compression, stored, maxDecompressedBytes);
  return { bytes: content, position: 0, end: content.length };
}

/** Throws RecordsError unless the cursor has reached the end. */
export function closeRecords(cursor: VarintCursor): void {
  if (cursor.position !== cursor.end) throw new RecordsError("bytes are left after the batch's last record");
}

export function recordBase(header: BatchHeader): RecordBase {
  return {
    baseOffset: header.baseOffset,
    baseTimestamp: header.baseTimestamp,
    logAppendTime: header.timestampType === "LogAppendTime" ? header.maxTimestamp : undefined,
    baseSequence: header.baseSequence,
  };
}

/** Varints that are damaged are damaged records. */
export function asRecordsError(cause: unknown): unknown {
  return cause instanceof RangeError ? new RecordsError(`a record is damaged: ${cause.message}`, { cause }) : cause;
}
