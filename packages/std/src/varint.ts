// Zigzag variable-length integers, as record batches write them (KIP-98): seven bits a byte, lowest first, the high bit says
// "more follows"; zigzag puts the sign in the lowest bit, so that small negative numbers stay short too.
//
//   value      0   -1    1   -2   …      as zigzag    0    1    2    3   …

/** Where a reader of varints stands; reading moves `position`. Nothing at or after `end` is read. */
export interface VarintCursor {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;
}

/** Longest forms: 32 bits in 7s, 64 bits in 7s. */
const VARINT_BYTES_MAX = 5;
const VARLONG_BYTES_MAX = 10;

/** A signed 32-bit integer. Throws RangeError when it is cut off or longer than five bytes. */
export function readVarint(cursor: VarintCursor): number {
  const { bytes, end } = cursor;
  let position = cursor.position;
  let zigzag = 0;
  for (let shift = 0; shift < 7 * VARINT_BYTES_MAX; shift += 7) {
    if (position >= end) throw new RangeError("varint is cut off");
    const byte = bytes[position++] as number;
    zigzag |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      cursor.position = position;
      return (zigzag >>> 1) ^ -(zigzag & 1);
    }
  }
  throw new RangeError("varint is longer than five bytes");
}

/** A signed 64-bit integer within ±2^53. Throws RangeError when it is cut off, longer than ten bytes, or beyond. */
export function readVarlong(cursor: VarintCursor): number {
  const { bytes, end } = cursor;
  let position = cursor.position;
  if (position >= end) throw new RangeError("varlong is cut off");
  let byte = bytes[position++] as number;
  const negative = (byte & 1) === 1;
  // Half the zigzag value fits a double where the whole would not: the sign bit is taken off first.
  let half = (byte & 0x7f) >>> 1;
  let scale = 64;
  for (let read = 1; byte >= 0x80; read++) {
    if (read === VARLONG_BYTES_MAX) throw new RangeError("varlong is longer than ten bytes");
    if (position >= end) throw new RangeError("varlong is cut off");
    byte = bytes[position++] as number;
    half += (byte & 0x7f) * scale;
    scale *= 128;
  }
  const value = negative ? -half - 1 : half;
  if (!Number.isSafeInteger(value)) throw new RangeError("varlong is beyond 2^53");
  cursor.position = position;
  return value;
}

/** Writes a signed 32-bit integer at `position`; returns the position after it. The caller made room: see `varintBytes`. */
export function writeVarint(bytes: Uint8Array, position: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let next = position;
  while (rest >= 0x80) {
    bytes[next++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[next++] = rest;
  return next;
}

/** Writes an integer within ±2^53 at `position`; returns the position after it. The caller made room: see `varlongBytes`. */
export function writeVarlong(bytes: Uint8Array, position: number, value: number): number {
  const half = value < 0 ? -value - 1 : value;
  let low = ((half % 64) << 1) | (value < 0 ? 1 : 0);
  let rest = Math.floor(half / 64);
  let next = position;
  while (rest > 0) {
    bytes[next++] = low | 0x80;
    low = rest % 128;
    rest = Math.floor(rest / 128);
  }
  bytes[next++] = low;
  return next;
}

/** How many bytes `writeVarint` writes. */
export function varintBytes(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x20_0000) return 3;
  return zigzag < 0x1000_0000 ? 4 : 5;
}

/** How many bytes `writeVarlong` writes. */
export function varlongBytes(value: number): number {
  let rest = Math.floor((value < 0 ? -value - 1 : value) / 64);
  let count = 1;
  while (rest > 0) {
    count++;
    rest = Math.floor(rest / 128);
  }
  return count;
}
