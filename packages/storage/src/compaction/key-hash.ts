// A keyed hash of 128 bits: two HalfSipHash-2-4 (Aumasson, Bernstein) of 64 bits each with keys of their own, side by side. Two keys of
// records that collide would cost one of them its newest value, so whoever chooses keys must not be able to make them: they don't know
// the hash's key, which is drawn anew for each pass. 32-bit arithmetic, for JavaScript has no fast other.
import { assert } from "@moldau/std";

/** Bytes of the hash's own key. */
export const HASH_KEY_BYTES = 16;

/** A class, for its result is four fields: no object is made per hash. */
export class KeyHash {
  /** The hash of the bytes hashed last, in 32-bit integers. */
  h0 = 0;
  h1 = 0;
  h2 = 0;
  h3 = 0;
  readonly #k0: number;
  readonly #k1: number;
  readonly #k2: number;
  readonly #k3: number;

  constructor(key: Uint8Array) {
    assert(key.length === HASH_KEY_BYTES, "the hash's key has 16 bytes");
    [this.#k0, this.#k1, this.#k2, this.#k3] = [word(key, 0), word(key, 4), word(key, 8), word(key, 12)];
  }

  hash(bytes: Uint8Array, start: number, length: number): void {
    let a0 = this.#k0;
    let a1 = this.#k1 ^ 0xee;
    let a2 = 0x6c796765 ^ this.#k0;
    let a3 = 0x74656462 ^ this.#k1;
    let b0 = this.#k2;
    let b1 = this.#k3 ^ 0xee;
    let b2 = 0x6c796765 ^ this.#k2;
    let b3 = 0x74656462 ^ this.#k3;
    const wholeEnd = start + (length & ~3);
    let last = length << 24;
    for (let i = length & 3; i > 0; i--) last |= (bytes[wholeEnd + i - 1] as number) << (8 * (i - 1));
    // The words of the bytes, the last one with their number, then the two finalizations: two rounds for each word, four for the others.
    for (let at = start, step = 0; step < 5; ) {
      let m = 0;
      if (at < wholeEnd) {
        m = word(bytes, at);
        at += 4;
      } else {
        if (step === 0) m = last;
        else if (step === 1) {
          a2 ^= 0xee;
          b2 ^= 0xee;
        } else if (step === 3) {
          this.h0 = a1 ^ a3;
          this.h2 = b1 ^ b3;
          a1 ^= 0xdd;
          b1 ^= 0xdd;
        }
        step++;
      }
      a3 ^= m;
      b3 ^= m;
      for (let round = 0; round < 2; round++) {
        a0 = (a0 + a1) | 0;
        b0 = (b0 + b1) | 0;
        a1 = ((a1 << 5) | (a1 >>> 27)) ^ a0;
        b1 = ((b1 << 5) | (b1 >>> 27)) ^ b0;
        a0 = (a0 << 16) | (a0 >>> 16);
        b0 = (b0 << 16) | (b0 >>> 16);
        a2 = (a2 + a3) | 0;
        b2 = (b2 + b3) | 0;
        a3 = ((a3 << 8) | (a3 >>> 24)) ^ a2;
        b3 = ((b3 << 8) | (b3 >>> 24)) ^ b2;
        a0 = (a0 + a3) | 0;
        b0 = (b0 + b3) | 0;
        a3 = ((a3 << 7) | (a3 >>> 25)) ^ a0;
        b3 = ((b3 << 7) | (b3 >>> 25)) ^ b0;
        a2 = (a2 + a1) | 0;
        b2 = (b2 + b1) | 0;
        a1 = ((a1 << 13) | (a1 >>> 19)) ^ a2;
        b1 = ((b1 << 13) | (b1 >>> 19)) ^ b2;
        a2 = (a2 << 16) | (a2 >>> 16);
        b2 = (b2 << 16) | (b2 >>> 16);
      }
      a0 ^= m;
      b0 ^= m;
    }
    this.h1 = a1 ^ a3;
    this.h3 = b1 ^ b3;
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
