// The records of one batch without an object for each: for what goes through whole logs. A class, for it is made once per batch and its
// fields are read once per record.
import { readVarint, readVarlong } from "@moldau/std";
import { DEFAULT_MAX_DECOMPRESSED_BYTES } from "./compression/codecs.js";
import { RecordsError } from "./errors.js";
import type { BatchHeader } from "./header.js";
import { asRecordsError, openRecords } from "./iterate.js";
import { readRecordEnd } from "./record.js";

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
  /** False for a tombstone. */
  hasValue = false;
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
    this.hasValue = readVarint(this) >= 0;
    this.position = end;
  }
}
