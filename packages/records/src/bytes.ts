// Big-endian integers at a position of a byte array. Read byte by byte: without a DataView per batch, this is what V8 makes fastest
// for Buffers and Uint8Arrays alike. The caller has checked that the position lies within the bytes.
import { RecordsError } from "./errors.js";

const UINT32 = 2 ** 32;
/** High halves of the integers within ±2^53. */
const HIGH_LIMIT = 2 ** 21;

export function readInt16(bytes: Uint8Array, position: number): number {
  return (((bytes[position] as number) << 24) >> 16) | (bytes[position + 1] as number);
}

export function readInt32(bytes: Uint8Array, position: number): number {
  return (
    ((bytes[position] as number) << 24) |
    ((bytes[position + 1] as number) << 16) |
    ((bytes[position + 2] as number) << 8) |
    (bytes[position + 3] as number)
  );
}

export function readUint32(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position) >>> 0;
}

/** Whether the int64 at `position` is one that `readInt64` reads. */
export function isSafeInt64(bytes: Uint8Array, position: number): boolean {
  const high = readInt32(bytes, position);
  return high >= -HIGH_LIMIT && high < HIGH_LIMIT;
}

/** An int64 as a number. Throws RecordsError beyond ±2^53: no offset, timestamp or producer id gets there. */
export function readInt64(bytes: Uint8Array, position: number): number {
  const high = readInt32(bytes, position);
  if (high < -HIGH_LIMIT || high >= HIGH_LIMIT) throw new RecordsError(`the int64 at byte ${position} is beyond 2^53`);
  return high * UINT32 + readUint32(bytes, position + 4);
}

export function writeInt16(bytes: Uint8Array, position: number, value: number): void {
  bytes[position] = value >> 8;
  bytes[position + 1] = value;
}

/** Writes the low 32 bits of `value`: signed and unsigned integers alike. */
export function writeInt32(bytes: Uint8Array, position: number, value: number): void {
  bytes[position] = value >>> 24;
  bytes[position + 1] = value >>> 16;
  bytes[position + 2] = value >>> 8;
  bytes[position + 3] = value;
}

export function writeInt64(bytes: Uint8Array, position: number, value: number): void {
  writeInt32(bytes, position, Math.floor(value / UINT32));
  writeInt32(bytes, position + 4, value >>> 0);
}

/** A Buffer over the same memory, for the native functions and methods that want one. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A view of `length` bytes from `start` on, a plain Uint8Array. Three times as fast as subarray(), which matters once per record. */
export function viewOf(bytes: Uint8Array, start: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, length);
}
