// The hash that Kafka's clients choose a key's partition by: murmur2 with Java's seed, so that a key is in the same partition whoever wrote it.

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** Of the first `length` bytes: a signed 32-bit number. */
export function murmur2(bytes: Uint8Array, length: number = bytes.length): number {
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const word = byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    const mixed = Math.imul(word, M);
    hash = Math.imul(hash, M) ^ Math.imul(mixed ^ (mixed >>> 24), M);
  }
  const left = length - at;
  if (left > 2) hash ^= byte(bytes, at + 2) << 16;
  if (left > 1) hash ^= byte(bytes, at + 1) << 8;
  if (left > 0) hash = Math.imul(hash ^ byte(bytes, at), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] as number;
