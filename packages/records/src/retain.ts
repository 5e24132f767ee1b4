// A batch of which some records stay: compaction's way to write (KIP-534). What stays keeps its offset, timestamp, and bytes; the batch
// keeps its place, its producer and what it spans, so that sequence numbers and offsets mean what they did.
//
//   attributes bit 6 set, baseTimestamp = horizon: tombstones and markers that are left may go once that time has passed. Timestamps
//   are counted from it then.
import { readVarint, readVarlong, varintBytes, varlongBytes, writeVarint, writeVarlong } from "@moldau/std";
import { withRoomForHeader } from "./build.js";
import { readInt16, writeInt16, writeInt32, writeInt64 } from "./bytes.js";
import { compress } from "./compression/codecs.js";
import { type BatchHeader, readBatchHeader } from "./header.js";
import * as layout from "./layout.js";
import { sealBatch } from "./patch.js";
import { RecordScan } from "./scan.js";

/** Goes through a batch's records: after each `scan.next()`, `keep()` or not. A class, for it is made once per batch. */
export class BatchRetainer {
  readonly header: BatchHeader;
  readonly scan: RecordScan;
  readonly #batch: Uint8Array;
  readonly #position: number;
  /** Start and end of each stretch of records that stay, side by side ones as one. */
  readonly #stretches: number[] = [];
  #maxTimestamp: number = layout.ABSENT;
  #keptBytes = 0;
  /** How many records stay. */
  kept = 0;

  /** Throws RecordsError as RecordScan does. */
  constructor(bytes: Uint8Array, position: number, header = readBatchHeader(bytes, position), maxDecompressedBytes?: number) {
    this.header = header;
    this.scan = new RecordScan(bytes, position, header, maxDecompressedBytes);
    this.#batch = bytes;
    this.#position = position;
  }

  /** The record that `next` has moved to stays. */
  keep(): void {
    const { recordStart, recordEnd, timestamp } = this.scan;
    const last = this.#stretches.length - 1;
    if (last >= 0 && this.#stretches[last] === recordStart) this.#stretches[last] = recordEnd;
    else this.#stretches.push(recordStart, recordEnd);
    this.#keptBytes += recordEnd - recordStart;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    this.kept++;
  }

  /** A new batch of what stays, which is at least one record. With a horizon, its tombstones and markers may go from then on. */
  batch(deleteHorizonMs?: number): Uint8Array {
    const { compression, timestampType, maxTimestamp } = this.header;
    const plain = deleteHorizonMs === undefined ? this.#copied() : this.#countedFrom(deleteHorizonMs);
    const batch = compression === "none" ? plain : withRoomForHeader(compress(compression, plain.subarray(layout.BATCH_HEADER_BYTES)));
    batch.set(this.#batch.subarray(this.#position, this.#position + layout.BATCH_HEADER_BYTES));
    writeInt32(batch, layout.LENGTH_AT, batch.length - layout.BATCH_LENGTH_OVERHEAD);
    writeInt32(batch, layout.RECORD_COUNT_AT, this.kept);
    writeInt64(batch, layout.MAX_TIMESTAMP_AT, timestampType === "CreateTime" ? this.#maxTimestamp : maxTimestamp);
    if (deleteHorizonMs !== undefined) {
      writeInt16(batch, layout.ATTRIBUTES_AT, readInt16(batch, layout.ATTRIBUTES_AT) | layout.DELETE_HORIZON_BIT);
      writeInt64(batch, layout.BASE_TIMESTAMP_AT, deleteHorizonMs);
    }
    sealBatch(batch, 0);
    return batch;
  }

  /** The records as they are, behind room for a header. */
  #copied(): Uint8Array {
    const copied = Buffer.allocUnsafe(layout.BATCH_HEADER_BYTES + this.#keptBytes);
    let at = layout.BATCH_HEADER_BYTES;
    for (let i = 0; i < this.#stretches.length; i += 2) {
      const stretch = this.scan.bytes.subarray(this.#stretches[i], this.#stretches[i + 1]);
      copied.set(stretch, at);
      at += stretch.length;
    }
    return copied;
  }

  /** The records with their timestamps counted from `base`, behind room for a header. */
  #countedFrom(base: number): Uint8Array {
    const written = Buffer.allocUnsafe(layout.BATCH_HEADER_BYTES + this.#keptBytes + this.kept * RECORD_GROWTH_BYTES_MAX);
    let at = layout.BATCH_HEADER_BYTES;
    for (let i = 0; i < this.#stretches.length; i += 2) {
      const end = this.#stretches[i + 1] as number;
      const cursor = { bytes: this.scan.bytes, position: this.#stretches[i] as number, end };
      while (cursor.position < end) {
        const recordEnd = readVarint(cursor) + cursor.position;
        const attributes = this.scan.bytes[cursor.position++] as number;
        const delta = this.header.baseTimestamp + readVarlong(cursor) - base;
        const rest = this.scan.bytes.subarray(cursor.position, recordEnd);
        at = writeVarint(written, at, 1 + varlongBytes(delta) + rest.length);
        written[at++] = attributes;
        at = writeVarlong(written, at, delta);
        written.set(rest, at);
        at += rest.length;
        cursor.position = recordEnd;
      }
    }
    return written.subarray(0, at);
  }
}

/** What a timestamp delta and the record's length may take more than before. */
const RECORD_GROWTH_BYTES_MAX = varlongBytes(Number.MAX_SAFE_INTEGER) + varintBytes(2 ** 30);

/** A batch without records, which stands for offsets of which nothing is left; as Kafka's log cleaner leaves them. */
export function emptyBatch(place: { readonly baseOffset: number; readonly lastOffset: number; readonly leaderEpoch: number }): Uint8Array {
  const batch = new Uint8Array(layout.BATCH_HEADER_BYTES);
  writeInt64(batch, layout.BASE_OFFSET_AT, place.baseOffset);
  writeInt32(batch, layout.LENGTH_AT, batch.length - layout.BATCH_LENGTH_OVERHEAD);
  writeInt32(batch, layout.LEADER_EPOCH_AT, place.leaderEpoch);
  batch[layout.MAGIC_AT] = layout.CURRENT_MAGIC;
  writeInt32(batch, layout.LAST_OFFSET_DELTA_AT, place.lastOffset - place.baseOffset);
  for (const at of [layout.BASE_TIMESTAMP_AT, layout.MAX_TIMESTAMP_AT, layout.PRODUCER_ID_AT]) writeInt64(batch, at, layout.ABSENT);
  writeInt16(batch, layout.PRODUCER_EPOCH_AT, layout.ABSENT);
  writeInt32(batch, layout.BASE_SEQUENCE_AT, layout.ABSENT);
  sealBatch(batch, 0);
  return batch;
}
