import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyHash } from "./key-hash.js";

const counting = (count: number) => Uint8Array.from({ length: count }, (_, i) => i);

function words(hash: KeyHash, bytes: Uint8Array, start = 0, length = bytes.length): string[] {
  hash.hash(bytes, start, length);
  return [hash.h0, hash.h1, hash.h2, hash.h3].map((half) => (half >>> 0).toString(16).padStart(8, "0"));
}

it("is Chaskey, by its published vectors", () => {
  const key = Buffer.alloc(16);
  for (const [i, word] of [0x833d3433, 0x009f389f, 0x2398e64f, 0x417acf39].entries()) key.writeUInt32LE(word, i * 4);
  const hash = new KeyHash(key, 8);
  for (const [length, expected] of VECTORS) expect(words(hash, counting(length))).toEqual(expected.split(" "));
});

/** Of eight rounds, for the bytes 0, 1, 2, … */
const VECTORS: readonly (readonly [number, string])[] = [
  [0, "792e8fe5 75ce87aa 2d1450b5 1191970b"],
  [1, "13a9307b 50e62c89 4577bd88 c0bbdc18"],
  [5, "bc983d0c 31b14064 234cd7a2 0c92bbf9"],
  [15, "51b94da4 efcc4de8 192412ea bbc170dd"],
  [16, "79271ca9 d66a1c71 81ca474e 49831cad"],
  [17, "048da968 4e25d096 2d6cf897 bc3959ca"],
];

it("hashes what lies anywhere in a buffer alike, and other bytes otherwise", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat({ max: 9 }), fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes, at, key) => {
      const hash = new KeyHash(key);
      const alone = words(hash, bytes);
      expect(words(hash, Buffer.concat([new Uint8Array(at), bytes, new Uint8Array(3).fill(7)]), at, bytes.length)).toEqual(alone);
      expect(words(hash, Buffer.concat([bytes, Uint8Array.of(0)]))).not.toEqual(alone);
      expect(words(hash, Buffer.concat([bytes, Uint8Array.of(1)]))).not.toEqual(alone);
      for (let i = 0; i < bytes.length; i++) {
        const other = bytes.map((byte, index) => (index === i ? byte ^ 0x80 : byte));
        expect(words(hash, other)).not.toEqual(alone);
      }
      expect(words(new KeyHash(key.map((byte, i) => (i === 9 ? byte ^ 1 : byte))), bytes)).not.toEqual(alone);
    }),
  );
});
