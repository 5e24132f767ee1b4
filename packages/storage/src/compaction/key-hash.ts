// A keyed hash of 128 bits: Chaskey-12 (Mouha and others; ISO/IEC 29192-6), a MAC made for 32-bit arithmetic, which is all the fast one
// that JavaScript has. Two keys of records with one hash would cost one of them its newest value, so whoever chooses keys must not be
// able to make such: they know neither the hash's key, which is drawn anew for each pass, nor any hash.
//
//   state = key;  for each block of 16 bytes but the last: state = π(state ^ block)
//   hash  = π(state ^ last block ^ subkey) ^ subkey        the last block is padded with 1, 0, 0, … where it is short; there are two
//                                                          subkeys, for whole last blocks and for padded ones
import { assert } from "@moldau/std";

/** Bytes of the hash's own key. */
export const HASH_KEY_BYTES = 16;
const ROUNDS = 12;

type Words = readonly [number, number, number, number];

/** A class, for its result is four fields: no object is made per hash. */
export class KeyHash {
  /** The hash of the bytes hashed last, in 32-bit integers. */
  h0 = 0;
  h1 = 0;
  h2 = 0;
  h3 = 0;
  readonly #key: Words;
  readonly #whole: Words;
  readonly #padded: Words;
  readonly #rounds: number;

  /** `rounds` is for the published vectors of Chaskey with eight. */
  constructor(key: Uint8Array, rounds = ROUNDS) {
    assert(key.length === HASH_KEY_BYTES, "the hash's key has 16 bytes");
    this.#key = [word(key, 0), word(key, 4), word(key, 8), word(key, 12)];
    this.#whole = doubled(this.#key);
    this.#padded = doubled(this.#whole);
    this.#rounds = rounds;
  }

  hash(bytes: Uint8Array, start: number, length: number): void {
    const end = start + length;
    const rounds = this.#rounds;
    let [v0, v1, v2, v3] = this.#key;
    for (let at = start, left = length; ; at += 16, left -= 16) {
      const isLast = left <= 16;
      let subkey: Words = NONE;
      if (left >= 16) {
        v0 ^= word(bytes, at);
        v1 ^= word(bytes, at + 4);
        v2 ^= word(bytes, at + 8);
        v3 ^= word(bytes, at + 12);
        if (isLast) subkey = this.#whole;
      } else {
        v0 ^= wordPadded(bytes, at, end);
        v1 ^= wordPadded(bytes, at + 4, end);
        v2 ^= wordPadded(bytes, at + 8, end);
        v3 ^= wordPadded(bytes, at + 12, end);
        subkey = this.#padded;
      }
      v0 ^= subkey[0];
      v1 ^= subkey[1];
      v2 ^= subkey[2];
      v3 ^= subkey[3];
      for (let round = 0; round < rounds; round++) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 13) | (v3 >>> 19)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 7) | (v1 >>> 25)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      if (!isLast) continue;
      this.h0 = v0 ^ subkey[0];
      this.h1 = v1 ^ subkey[1];
      this.h2 = v2 ^ subkey[2];
      this.h3 = v3 ^ subkey[3];
      return;
    }
  }
}

const NONE: Words = [0, 0, 0, 0];

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);

/** A word of a block that ends early: at `end` a 1, then zeros. */
function wordPadded(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return word(bytes, at);
  if (at > end) return 0;
  let padded = 1 << (8 * (end - at));
  for (let i = at; i < end; i++) padded |= (bytes[i] as number) << (8 * (i - at));
  return padded;
}

/** Twice the number in GF(2^128), little-endian. */
const doubled = ([w0, w1, w2, w3]: Words): Words => [
  (w0 << 1) ^ (w3 < 0 ? 0x87 : 0),
  (w1 << 1) | (w0 >>> 31),
  (w2 << 1) | (w1 >>> 31),
  (w3 << 1) | (w2 >>> 31),
];
