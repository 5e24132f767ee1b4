// Integers of 64 bits that stay within what a number holds exactly: offsets, positions, timestamps. Byte by byte: faster than bigint,
// and than a DataView that would have to be made first. The caller has checked that the position lies within the bytes.

const HIGH_UNIT = 2 ** 32;
/** High halves of the integers within ±2^53. */
const HIGH_LIMIT = 2 ** 21;

/** Writes a safe integer as int64, big-endian. */
export function writeInt53BE(bytes: Uint8Array, position: number, value: number): void {
  writeHalfBE(bytes, position, Math.floor(value / HIGH_UNIT));
  writeHalfBE(bytes, position + 4, value >>> 0);
}

/** Writes a safe integer as int64, little-endian. */
export function writeInt53LE(bytes: Uint8Array, position: number, value: number): void {
  writeHalfLE(bytes, position, value >>> 0);
  writeHalfLE(bytes, position + 4, Math.floor(value / HIGH_UNIT));
}

/** Reads a big-endian int64. Throws RangeError when it lies outside the safe integers. */
export function readInt53BE(bytes: Uint8Array, position: number): number {
  return joined(halfBE(bytes, position), halfBE(bytes, position + 4), position);
}

/** Reads a little-endian int64. Throws RangeError when it lies outside the safe integers. */
export function readInt53LE(bytes: Uint8Array, position: number): number {
  return joined(halfLE(bytes, position + 4), halfLE(bytes, position), position);
}

/** Whether the little-endian int64 at `position` is one that `readInt53LE` reads. */
export function isInt53LE(bytes: Uint8Array, position: number): boolean {
  const high = halfLE(bytes, position + 4);
  return high >= -HIGH_LIMIT && high < HIGH_LIMIT;
}

function joined(high: number, low: number, position: number): number {
  if (high < -HIGH_LIMIT || high >= HIGH_LIMIT) throw new RangeError(`the integer of 64 bits at ${position} is beyond 2^53`);
  return high * HIGH_UNIT + (low >>> 0);
}

const at = (bytes: Uint8Array, position: number): number => bytes[position] as number;

const halfBE = (bytes: Uint8Array, position: number): number =>
  (at(bytes, position) << 24) | (at(bytes, position + 1) << 16) | (at(bytes, position + 2) << 8) | at(bytes, position + 3);

const halfLE = (bytes: Uint8Array, position: number): number =>
  (at(bytes, position + 3) << 24) | (at(bytes, position + 2) << 16) | (at(bytes, position + 1) << 8) | at(bytes, position);

function writeHalfBE(bytes: Uint8Array, position: number, half: number): void {
  bytes[position] = half >>> 24;
  bytes[position + 1] = half >>> 16;
  bytes[position + 2] = half >>> 8;
  bytes[position + 3] = half;
}

function writeHalfLE(bytes: Uint8Array, position: number, half: number): void {
  bytes[position] = half;
  bytes[position + 1] = half >>> 8;
  bytes[position + 2] = half >>> 16;
  bytes[position + 3] = half >>> 24;
}
