// Batches that lie one after another in a stretch of bytes: a chunk of a segment, a segment whose footer is lost, a .log file of Kafka's.
// Where one is damaged, those behind it are found again: by its length if a batch follows there, else by looking at every byte.

import type { DiskFile } from "@moldau/env";
import { BATCH_HEADER_BYTES, type BatchFault, batchMagic, batchSizeBytes, CURRENT_MAGIC, checkStoredBatch } from "@moldau/records";

/** Bytes to look at. What `read` gives is valid until the next call, and shorter at the end only. */
export interface ByteSource {
  readonly sizeBytes: number;
  read(position: number, lengthBytes: number): Promise<Uint8Array>;
}

/** A batch, or bytes that are none. */
export type Stretch =
  | { readonly kind: "batch"; readonly position: number; readonly bytes: Uint8Array; readonly fault: BatchFault | undefined }
  | { readonly kind: "bytes"; readonly position: number; readonly lengthBytes: number; readonly fault: BatchFault }
  /** Nothing but zeros from here to the end: space that was never written. */
  | { readonly kind: "zeros"; readonly position: number; readonly lengthBytes: number }
  /** The last batch is not all there. */
  | { readonly kind: "cut-off"; readonly position: number; readonly lengthBytes: number };

/** More is no batch: brokers take less. */
const BATCH_BYTES_MAX = 256 * 1024 * 1024;
const WINDOW_BYTES = 1024 * 1024;
/** Up to where the magic of a batch stands. */
const PREFIX_BYTES = 17;
const LENGTH_BYTES_MIN = BATCH_HEADER_BYTES;

export const memorySource = (bytes: Uint8Array): ByteSource => ({
  sizeBytes: bytes.length,
  read: async (position, lengthBytes) => bytes.subarray(position, position + lengthBytes),
});

export function fileSource(file: DiskFile, sizeBytes: number): ByteSource {
  let memory = new Uint8Array(WINDOW_BYTES);
  let from = 0;
  let to = 0;
  return {
    sizeBytes,
    async read(position, lengthBytes) {
      const end = Math.min(sizeBytes, position + lengthBytes);
      if (position < from || end > to) {
        if (end - position > memory.length) memory = new Uint8Array(end - position);
        from = to = position;
        to += await file.read(memory, position);
      }
      return memory.subarray(position - from, Math.max(0, Math.min(end, to) - from));
    },
  };
}

export async function* plainBatches(source: ByteSource, from = 0): AsyncIterable<Stretch> {
  for (let at = from; at < source.sizeBytes; ) {
    const bytes = await batchBytes(source, at);
    const fault = checkStoredBatch(bytes, 0, bytes.length);
    if (!fault) {
      yield { kind: "batch", position: at, bytes: bytes.subarray(0, batchSizeBytes(bytes, 0)), fault };
      at += batchSizeBytes(bytes, 0);
      continue;
    }
    const lengthBytes = source.sizeBytes - at;
    if (bytes[0] === 0 && (await isZeros(source, at))) return yield { kind: "zeros", position: at, lengthBytes };
    if (await isOld(source, at)) return yield { kind: "bytes", position: at, lengthBytes, fault };
    const next = (await declaredEnd(source, at)) ?? (await nextWhole(source, at + 1));
    if (next === undefined) return yield lastStretch(fault, at, lengthBytes);
    const stretch = (await source.read(at, next - at)).subarray(0, next - at);
    const isBatch = fault.kind === "crc" && batchSizeBytes(stretch, 0) === next - at;
    yield isBatch ? { kind: "batch", position: at, bytes: stretch, fault } : { kind: "bytes", position: at, lengthBytes: next - at, fault };
    at = next;
  }
}

const lastStretch = (fault: BatchFault, position: number, lengthBytes: number): Stretch =>
  fault.kind === "truncated" ? { kind: "cut-off", position, lengthBytes } : { kind: "bytes", position, lengthBytes, fault };

/** The bytes from `at` on, as many as the batch there says it has, if it may be one. */
async function batchBytes(source: ByteSource, at: number): Promise<Uint8Array> {
  const header = await source.read(at, BATCH_HEADER_BYTES);
  if (header.length < BATCH_HEADER_BYTES || batchMagic(header, 0) !== CURRENT_MAGIC) return header;
  const sizeBytes = batchSizeBytes(header, 0);
  return sizeBytes < LENGTH_BYTES_MIN || sizeBytes > BATCH_BYTES_MAX ? header : source.read(at, sizeBytes);
}

async function isZeros(source: ByteSource, from: number): Promise<boolean> {
  for (let at = from; at < source.sizeBytes; at += WINDOW_BYTES) {
    if ((await source.read(at, WINDOW_BYTES)).some((byte) => byte !== 0)) return false;
  }
  return true;
}

/** Whether messages of the formats before v2 lie there, two of them. */
async function isOld(source: ByteSource, at: number): Promise<boolean> {
  const first = await source.read(at, PREFIX_BYTES);
  if (first.length < PREFIX_BYTES || batchMagic(first, 0) < 0 || batchMagic(first, 0) >= CURRENT_MAGIC) return false;
  const end = at + batchSizeBytes(first, 0);
  if (end <= at + PREFIX_BYTES || end > source.sizeBytes) return false;
  const second = await source.read(end, PREFIX_BYTES);
  return (
    end === source.sizeBytes || (second.length === PREFIX_BYTES && batchMagic(second, 0) >= 0 && batchMagic(second, 0) < CURRENT_MAGIC)
  );
}

/** Where the damaged batch at `at` ends by its own length, if the bytes end there too or a whole batch follows. */
async function declaredEnd(source: ByteSource, at: number): Promise<number | undefined> {
  const prefix = await source.read(at, PREFIX_BYTES);
  if (prefix.length < PREFIX_BYTES) return undefined;
  const sizeBytes = batchSizeBytes(prefix, 0);
  const end = at + sizeBytes;
  if (sizeBytes < LENGTH_BYTES_MIN || end > source.sizeBytes) return undefined;
  if (end === source.sizeBytes) return end;
  const following = await batchBytes(source, end);
  return checkStoredBatch(following, 0, following.length) ? undefined : end;
}

/** Where the next whole batch begins at or after `from`. */
async function nextWhole(source: ByteSource, from: number): Promise<number | undefined> {
  for (let at = from; at < source.sizeBytes; ) {
    const window = Uint8Array.from(await source.read(at, WINDOW_BYTES));
    const last = window.length - BATCH_HEADER_BYTES;
    for (let index = 0; index <= last; index++) {
      if (!mayBeBatch(window, index, source.sizeBytes - at - index)) continue;
      const bytes = await batchBytes(source, at + index);
      if (!checkStoredBatch(bytes, 0, bytes.length)) return at + index;
    }
    if (last < 0 || at + window.length >= source.sizeBytes) return undefined;
    at += last + 1;
  }
  return undefined;
}

function mayBeBatch(bytes: Uint8Array, at: number, availableBytes: number): boolean {
  if (bytes[at + 16] !== CURRENT_MAGIC) return false;
  const sizeBytes = batchSizeBytes(bytes, at);
  return sizeBytes >= LENGTH_BYTES_MIN && sizeBytes <= Math.min(availableBytes, BATCH_BYTES_MAX);
}
