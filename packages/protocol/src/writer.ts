// Where encoders write: one growing scratch buffer, used again for every message, and references to record bytes between its parts.
//
// What is handed out is copied once into a buffer of its own size; records are handed out as they are.

import { sliceOf } from "./slice.js";

export interface Writer {
  bytes: Buffer;
  view: DataView;
  position: number;
  /** Records to insert where the scratch buffer had `position` bytes. */
  references: { readonly position: number; readonly parts: readonly Uint8Array[] }[];
  referencedBytes: number;
}

const INITIAL_BYTES = 64 * 1024;
/** A scratch buffer that had to grow beyond this is not kept. */
const KEPT_BYTES = 1024 * 1024;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function createWriter(): Writer {
  const bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  return { bytes, view: viewOf(bytes), position: 0, references: [], referencedBytes: 0 };
}

/** Forgets what was written. */
export function resetWriter(writer: Writer): void {
  if (writer.bytes.length > KEPT_BYTES) {
    writer.bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    writer.view = viewOf(writer.bytes);
  }
  writer.position = 0;
  if (writer.references.length > 0) writer.references = [];
  writer.referencedBytes = 0;
}

/** Makes room for `count` bytes after `position`, keeping those before it. */
export function ensureRoom(writer: Writer, position: number, count: number): void {
  const needed = position + count;
  if (needed <= writer.bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, writer.bytes.length * 2));
  writer.bytes.copy(larger, 0, 0, position);
  writer.bytes = larger;
  writer.view = viewOf(larger);
}

/** A place in what is being written. */
export interface Mark {
  readonly position: number;
  readonly references: number;
  readonly referencedBytes: number;
}

export const markOf = ({ position, references, referencedBytes }: Writer): Mark => ({
  position,
  references: references.length,
  referencedBytes,
});

/** Forgets what was written after `mark`. */
export function rewind(writer: Writer, mark: Mark): void {
  writer.position = mark.position;
  writer.references.length = mark.references;
  writer.referencedBytes = mark.referencedBytes;
}

/** Total bytes written so far, referenced ones included. */
export const writtenBytes = (writer: Writer): number => writer.position + writer.referencedBytes;

/** Inserts records at the writer's position without copying them. */
export function reference(writer: Writer, position: number, records: Uint8Array | readonly Uint8Array[], length: number): void {
  if (length === 0) return;
  writer.references.push({ position, parts: records instanceof Uint8Array ? [records] : records });
  writer.referencedBytes += length;
}

/** Bytes in all parts of records. */
export function recordsBytes(records: Uint8Array | readonly Uint8Array[]): number {
  if (records instanceof Uint8Array) return records.length;
  let sum = 0;
  for (const part of records) sum += part.length;
  return sum;
}

/** What was written, as parts to send one after another. Empty parts are left out. */
export function takeParts(writer: Writer): Uint8Array[] {
  const { position, references } = writer;
  const owned = Buffer.allocUnsafe(position);
  writer.bytes.copy(owned, 0, 0, position);
  if (references.length === 0) return [owned];
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const reference of references) {
    if (reference.position > from) parts.push(sliceOf(owned, from, reference.position - from));
    from = reference.position;
    for (const part of reference.parts) if (part.length > 0) parts.push(part);
  }
  if (from < position) parts.push(sliceOf(owned, from, position - from));
  return parts;
}

/** Writes an unsigned varint and returns the position after it. There must be room for five bytes. */
export function putVarint(bytes: Buffer, position: number, value: number): number {
  let rest = value;
  let at = position;
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/**
 * Ends a tagged field whose body lies between `start + 1` and `end`: writes its size at `start`, where one byte was kept
 * free, moving the body when the size takes more. Returns the position after the body.
 */
export function closeTagged(writer: Writer, start: number, end: number): number {
  const size = end - start - 1;
  if (size < 0x80) {
    writer.bytes[start] = size;
    return end;
  }
  ensureRoom(writer, end, 4);
  const sizeBytes = Math.ceil((32 - Math.clz32(size)) / 7);
  writer.bytes.copyWithin(start + sizeBytes, start + 1, end);
  putVarint(writer.bytes, start, size);
  return end + sizeBytes - 1;
}
