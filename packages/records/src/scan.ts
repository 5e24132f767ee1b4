// The records of one batch without an object for each: for what goes through whole logs. A class, for it is made once per batch and its
// fields are read once per record.
import { readVarint, readVarlong } from "@moldau/std";
import { viewOf } from "./bytes.js";
import { DEFAULT_MAX_DECOMPRESSED_BYTES } from "./compression/codecs.js";
import { RecordsError } from "./errors.js";
import type { BatchHeader } from "./header.js";
import { asRecordsError, openRecords } from "./iterate.js";
import { NO_HEADERS, type RecordHeader, readHeaders, readRecordEnd } from "./record.js";

/** Moves from record to record; the fields below are those of the record that `next` has moved to. */
export class RecordScan {
  /** The batch's records, decompressed. */
  readonly bytes: Uint8Array;
  /** Where the next record begins. */
  position = 0;
  readonly end: number;
  /** Of the record: its first byte, and one past its last. */
  recordStart = 0;
  recordEnd = 0;
  offset = -1;
  /** As it is written; for batches of LogAppendTime it means nothing. */
  timestamp = -1;
  keyStart = 0;
  /** -1 when the key is null. */
  keyBytes = -1;
  valueStart = 0;
  /** -1 when the value is null: a tombstone. */
  valueBytes = -1;
  readonly #header: BatchHeader;
  #left: number;

  /** Decompresses the batch at `position`. Throws RecordsError when it is damaged or holds more than the bound. */
  constructor(bytes: Uint8Array, position: number, header: BatchHeader, maxDecompressedBytes = DEFAULT_MAX_DECOMPRESSED_BYTES) {
    const cursor = openRecords(bytes, position, header, maxDecompressedBytes);
    this.bytes = cursor.bytes;
    this.end = cursor.end;
    this.#header = header;
    this.#left = header.recordCount;
  }

  /** Whether there is another record; moves to it. Throws RecordsError where the batch is damaged. */
  next(): boolean {
    if (this.#left === 0) {
      if (this.position !== this.end) throw new RecordsError("bytes are left after the batch's last record");
      return false;
    }
    this.#left--;
    try {
      this.#read();
    } catch (cause) {
      throw asRecordsError(cause);
    }
    return true;
  }

  get hasValue(): boolean {
    return this.valueBytes >= 0;
  }

  /** The record's key, a view. */
  key(): Uint8Array | null {
    return this.keyBytes < 0 ? null : viewOf(this.bytes, this.keyStart, this.keyBytes);
  }

  /** The record's value, a view. */
  value(): Uint8Array | null {
    return this.valueBytes < 0 ? null : viewOf(this.bytes, this.valueStart, this.valueBytes);
  }

  /** The record's headers. Throws RecordsError where they are damaged. */
  headers(): readonly RecordHeader[] {
    const position = this.valueStart + Math.max(this.valueBytes, 0);
    if (this.recordEnd - position === 1 && this.bytes[position] === 0) return NO_HEADERS;
    const cursor = { bytes: this.bytes, position, end: this.recordEnd };
    try {
      const headers = readHeaders(cursor, this.recordEnd);
      if (cursor.position !== this.recordEnd) throw new RecordsError("a record's length is not that of its fields");
      return headers;
    } catch (cause) {
      throw asRecordsError(cause);
    }
  }

  #read(): void {
    this.recordStart = this.position;
    const end = readRecordEnd(this);
    this.recordEnd = end;
    this.position++;
    this.timestamp = this.#header.baseTimestamp + readVarlong(this);
    this.offset = this.#header.baseOffset + readVarint(this);
    this.keyBytes = readVarint(this);
    this.keyStart = this.position;
    if (this.keyBytes > 0) this.position += this.keyBytes;
    if (this.position >= end) throw new RecordsError("a key passes its record's end");
    this.valueBytes = readVarint(this);
    this.valueStart = this.position;
    if (this.valueBytes > end - this.position) throw new RecordsError("a value passes its record's end");
    this.position = end;
  }
}
