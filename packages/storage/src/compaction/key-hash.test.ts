import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyHash } from "./key-hash.js";

const counting = (count: number, from = 0) => Uint8Array.from({ length: count }, (_, i) => from + i);

function hex(hash: KeyHash): string {
  const bytes = Buffer.alloc(16);
  for (const [i, half] of [hash.h0, hash.h1, hash.h2, hash.h3].entries()) bytes.writeInt32LE(half, i * 4);
  return bytes.toString("hex");
}

function hashed(bytes: Uint8Array, key = counting(16)): string {
  const hash = new KeyHash(key);
  hash.hash(bytes, 0, bytes.length);
  return hex(hash);
}

it("is HalfSipHash-2-4 of 64 bits, twice", () => {
  // The reference's vectors: key 00 01 … 07, input of no bytes, 00, 00 01, …
  const key = Buffer.concat([counting(8), counting(8)]);
  for (const [length, expected] of VECTORS.entries()) expect(hashed(counting(length), key)).toBe(expected + expected);
});

const VECTORS = ["218d1f59b9b83cc8"];

it("hashes what lies anywhere in a buffer alike, and other bytes otherwise", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat({ max: 9 }), fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes, at, key) => {
      const hash = new KeyHash(key);
      hash.hash(Buffer.concat([new Uint8Array(at), bytes, new Uint8Array(3)]), at, bytes.length);
      expect(hex(hash)).toBe(hashed(bytes, key));
      expect(hashed(Buffer.concat([bytes, new Uint8Array(1)]), key)).not.toBe(hashed(bytes, key));
      const other = key.map((byte, i) => (i === 9 ? byte ^ 1 : byte));
      expect(hashed(bytes, other).slice(0, 16)).toBe(hashed(bytes, key).slice(0, 16));
      expect(hashed(bytes, other).slice(16)).not.toBe(hashed(bytes, key).slice(16));
    }),
  );
});
