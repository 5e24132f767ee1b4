// The wire's elementary forms, written independently of the broker under test. Each function returns a Buffer.

const fixed = (bytes, write) => (value) => {
  const buffer = Buffer.alloc(bytes);
  write(buffer, value);
  return buffer;
};

export const int8 = fixed(1, (buffer, value) => buffer.writeInt8(value));
export const int16 = fixed(2, (buffer, value) => buffer.writeInt16BE(value));
export const int32 = fixed(4, (buffer, value) => buffer.writeInt32BE(value));
export const uint32 = fixed(4, (buffer, value) => buffer.writeUInt32BE(value));
export const int64 = fixed(8, (buffer, value) => buffer.writeBigInt64BE(BigInt(value)));

/** An unsigned varint of up to 64 bits. */
export function unsignedVarint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A zigzag varint. */
export const varint = (value) => unsignedVarint(BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n)));

export const join = (...parts) => Buffer.concat(parts.flat(Number.POSITIVE_INFINITY));

export function string(text) {
  const bytes = Buffer.from(text);
  return join(int16(bytes.length), bytes);
}

export const nullString = int16(-1);

export function compactString(text) {
  const bytes = Buffer.from(text);
  return join(unsignedVarint(bytes.length + 1), bytes);
}

export const array = (...items) => join(int32(items.length), items);

/** A request or response with its length in front. */
export const frame = (...parts) => {
  const body = join(...parts);
  return join(int32(body.length), body);
};

const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

/** CRC-32C (RFC 3720). */
export function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CASTAGNOLI[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
