// Values of the catalog's rows. Each ends with the crc32c of its key and of what comes before, for LMDB itself checks nothing.
//
//   partition   ┌───────────┬───────────┬───────────┬────────┬──────────────────────────────┬────────────────┬────────┐
//               │ log start │ end       │ size      │ epochs │ per epoch: epoch i32,        │ producer state │ crc32c │
//               │ i64       │ i64       │ i64       │ u32    │ start offset i64             │ (the rest)     │ u32    │
//               └───────────┴───────────┴───────────┴────────┴──────────────────────────────┴────────────────┴────────┘
//   extent      ┌───────────┬───────────┬───────────┬────────┬────────────┬─────────┬────────┬───────┬────────┐
//               │ base      │ segment   │ position  │ length │ max        │ records │ chunks │ crc   │ crc32c │   the last offset
//               │ i64       │ i64       │ i64       │ i64    │ timestamp  │ i64     │ u32    │ u32   │ u32    │   is in the key
//               └───────────┴───────────┴───────────┴────────┴────────────┴─────────┴────────┴───────┴────────┘
//   number      i64 │ crc32c            setting, reference count, the offset through which a partition was compacted
//   snapshot    version i64 │ bytes │ crc32c
//   event       bytes │ crc32c
//
// Integers are little-endian.
import { crc32c, readInt53LE, writeInt53LE } from "@moldau/std";
import type { Extent, PartitionRow } from "../catalog.js";

const INT_BYTES = 8;
const CRC_BYTES = 4;
const EPOCH_BYTES = 4 + INT_BYTES;
const EXTENT_BYTES = 6 * INT_BYTES + 8;
const ROW_FIXED_BYTES = 3 * INT_BYTES + 4;

/** Completes an encoded value: fills the last four bytes, which encoders leave free, with the checksum. */
export function seal(key: Buffer, value: Buffer): Buffer {
  const end = value.length - CRC_BYTES;
  value.writeUInt32LE(crc32c(value.subarray(0, end), crc32c(key)), end);
  return value;
}

/** The value without its checksum, or undefined when that is wrong. */
export function opened(key: Buffer, value: Buffer): Buffer | undefined {
  const end = value.length - CRC_BYTES;
  if (end < 0) return undefined;
  const content = value.subarray(0, end);
  return value.readUInt32LE(end) === crc32c(content, crc32c(key)) ? content : undefined;
}

export function encodePartitionRow(row: PartitionRow): Buffer {
  const { epochs, producers } = row;
  const bytes = Buffer.allocUnsafe(ROW_FIXED_BYTES + epochs.length * EPOCH_BYTES + producers.length + CRC_BYTES);
  writeInt53LE(bytes, 0, row.logStartOffset);
  writeInt53LE(bytes, 8, row.endOffset);
  writeInt53LE(bytes, 16, row.sizeBytes);
  bytes.writeUInt32LE(epochs.length, 24);
  let at = ROW_FIXED_BYTES;
  for (const { epoch, startOffset } of epochs) {
    bytes.writeInt32LE(epoch, at);
    writeInt53LE(bytes, at + 4, startOffset);
    at += EPOCH_BYTES;
  }
  bytes.set(producers, at);
  return bytes;
}

/** From bytes that were `opened`. The row keeps nothing of them. */
export function decodePartitionRow(bytes: Buffer): PartitionRow {
  const epochCount = bytes.readUInt32LE(24);
  const epochs = Array.from({ length: epochCount }, (_, i) => {
    const at = ROW_FIXED_BYTES + i * EPOCH_BYTES;
    return { epoch: bytes.readInt32LE(at), startOffset: readInt53LE(bytes, at + 4) };
  });
  return {
    logStartOffset: readInt53LE(bytes, 0),
    endOffset: readInt53LE(bytes, 8),
    sizeBytes: readInt53LE(bytes, 16),
    epochs,
    producers: Uint8Array.from(bytes.subarray(ROW_FIXED_BYTES + epochCount * EPOCH_BYTES)),
  };
}

export function encodeExtent(extent: Extent): Buffer {
  const bytes = Buffer.allocUnsafe(EXTENT_BYTES + CRC_BYTES);
  writeInt53LE(bytes, 0, extent.baseOffset);
  writeInt53LE(bytes, 8, extent.segmentId);
  writeInt53LE(bytes, 16, extent.position);
  writeInt53LE(bytes, 24, extent.lengthBytes);
  writeInt53LE(bytes, 32, extent.maxTimestamp);
  writeInt53LE(bytes, 40, extent.recordCount);
  bytes.writeUInt32LE(extent.chunkCount, 48);
  bytes.writeUInt32LE(extent.crc, 52);
  return bytes;
}

export function decodeExtent(bytes: Buffer, lastOffset: number): Extent {
  return {
    baseOffset: readInt53LE(bytes, 0),
    lastOffset,
    segmentId: readInt53LE(bytes, 8),
    position: readInt53LE(bytes, 16),
    lengthBytes: readInt53LE(bytes, 24),
    chunkCount: bytes.readUInt32LE(48),
    crc: bytes.readUInt32LE(52),
    maxTimestamp: readInt53LE(bytes, 32),
    recordCount: readInt53LE(bytes, 40),
  };
}

export function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(INT_BYTES + CRC_BYTES);
  writeInt53LE(bytes, 0, value);
  return bytes;
}

export const decodeNumber = (bytes: Buffer): number => readInt53LE(bytes, 0);

export const encodeBytes = (content: Uint8Array): Buffer => Buffer.concat([content, Buffer.alloc(CRC_BYTES)]);

export function encodeSnapshot(version: number, snapshot: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(INT_BYTES + snapshot.length + CRC_BYTES);
  writeInt53LE(bytes, 0, version);
  bytes.set(snapshot, INT_BYTES);
  return bytes;
}

export function decodeSnapshot(bytes: Buffer): { readonly version: number; readonly snapshot: Uint8Array } {
  return { version: decodeNumber(bytes), snapshot: Uint8Array.from(bytes.subarray(INT_BYTES)) };
}
