// Values of the catalog's rows. Each ends with the crc32c of what comes before, for LMDB itself checks nothing.
//
//   partition   ┌───────────┬───────────┬───────────┬────────┬──────────────────────────────┬────────────────┬────────┐
//               │ log start │ end       │ size      │ epochs │ per epoch: epoch i32,        │ producer state │ crc32c │
//               │ i64       │ i64       │ i64       │ u32    │ start offset i64             │ (the rest)     │ u32    │
//               └───────────┴───────────┴───────────┴────────┴──────────────────────────────┴────────────────┴────────┘
//   extent      ┌───────────┬───────────┬───────────┬────────┬────────────┬─────────┬────────┬───────┬────────┐
//               │ base      │ segment   │ position  │ length │ max        │ records │ chunks │ crc   │ crc32c │   the last offset
//               │ i64       │ i64       │ i64       │ i64    │ timestamp  │ i64     │ u32    │ u32   │ u32    │   is in the key
//               └───────────┴───────────┴───────────┴────────┴────────────┴─────────┴────────┴───────┴────────┘
//   number      i64 │ crc32c            setting, reference count
//   snapshot    version i64 │ bytes │ crc32c
//   event       bytes │ crc32c
//
// Integers are little-endian.
import { crc32c, readInt53, writeInt53 } from "@moldau/std";
import type { Extent, PartitionRow } from "../catalog.js";

const INT_BYTES = 8;
const CRC_BYTES = 4;
const EPOCH_BYTES = 4 + INT_BYTES;
const EXTENT_BYTES = 6 * INT_BYTES + 8;
const ROW_FIXED_BYTES = 3 * INT_BYTES + 4;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Fills the last four bytes with the checksum of those before. */
function sealed(bytes: Buffer): Buffer {
  const end = bytes.length - CRC_BYTES;
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, end)), end);
  return bytes;
}

/** The bytes before the checksum, or undefined when it is wrong. */
export function opened(value: Uint8Array): Uint8Array | undefined {
  const end = value.length - CRC_BYTES;
  if (end < 0 || viewOf(value).getUint32(end, true) !== crc32c(value.subarray(0, end))) return undefined;
  return value.subarray(0, end);
}

export function encodePartitionRow(row: PartitionRow): Buffer {
  const { epochs, producers } = row;
  const bytes = Buffer.allocUnsafe(ROW_FIXED_BYTES + epochs.length * EPOCH_BYTES + producers.length + CRC_BYTES);
  const view = viewOf(bytes);
  writeInt53(view, 0, row.logStartOffset, true);
  writeInt53(view, 8, row.endOffset, true);
  writeInt53(view, 16, row.sizeBytes, true);
  view.setUint32(24, epochs.length, true);
  let at = ROW_FIXED_BYTES;
  for (const { epoch, startOffset } of epochs) {
    view.setInt32(at, epoch, true);
    writeInt53(view, at + 4, startOffset, true);
    at += EPOCH_BYTES;
  }
  bytes.set(producers, at);
  return sealed(bytes);
}

/** From bytes that were `opened`. The row keeps nothing of them. */
export function decodePartitionRow(bytes: Uint8Array): PartitionRow {
  const view = viewOf(bytes);
  const epochCount = view.getUint32(24, true);
  const epochs = Array.from({ length: epochCount }, (_, i) => {
    const at = ROW_FIXED_BYTES + i * EPOCH_BYTES;
    return { epoch: view.getInt32(at, true), startOffset: readInt53(view, at + 4, true) };
  });
  return {
    logStartOffset: readInt53(view, 0, true),
    endOffset: readInt53(view, 8, true),
    sizeBytes: readInt53(view, 16, true),
    epochs,
    producers: Uint8Array.from(bytes.subarray(ROW_FIXED_BYTES + epochCount * EPOCH_BYTES)),
  };
}

export function encodeExtent(extent: Extent): Buffer {
  const bytes = Buffer.allocUnsafe(EXTENT_BYTES + CRC_BYTES);
  const view = viewOf(bytes);
  writeInt53(view, 0, extent.baseOffset, true);
  writeInt53(view, 8, extent.segmentId, true);
  writeInt53(view, 16, extent.position, true);
  writeInt53(view, 24, extent.lengthBytes, true);
  writeInt53(view, 32, extent.maxTimestamp, true);
  writeInt53(view, 40, extent.recordCount, true);
  view.setUint32(48, extent.chunkCount, true);
  view.setUint32(52, extent.crc, true);
  return sealed(bytes);
}

export function decodeExtent(bytes: Uint8Array, lastOffset: number): Extent {
  const view = viewOf(bytes);
  return {
    baseOffset: readInt53(view, 0, true),
    lastOffset,
    segmentId: readInt53(view, 8, true),
    position: readInt53(view, 16, true),
    lengthBytes: readInt53(view, 24, true),
    chunkCount: view.getUint32(48, true),
    crc: view.getUint32(52, true),
    maxTimestamp: readInt53(view, 32, true),
    recordCount: readInt53(view, 40, true),
  };
}

export function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(INT_BYTES + CRC_BYTES);
  writeInt53(viewOf(bytes), 0, value, true);
  return sealed(bytes);
}

export const decodeNumber = (bytes: Uint8Array): number => readInt53(viewOf(bytes), 0, true);

export const encodeBytes = (content: Uint8Array): Buffer => sealed(Buffer.concat([content, Buffer.alloc(CRC_BYTES)]));

export function encodeSnapshot(version: number, snapshot: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(INT_BYTES + snapshot.length + CRC_BYTES);
  writeInt53(viewOf(bytes), 0, version, true);
  bytes.set(snapshot, INT_BYTES);
  return sealed(bytes);
}

export function decodeSnapshot(bytes: Uint8Array): { readonly version: number; readonly snapshot: Uint8Array } {
  return { version: decodeNumber(bytes), snapshot: Uint8Array.from(bytes.subarray(INT_BYTES)) };
}
