import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordsError } from "../errors.js";
import { compress, decompress } from "./codecs.js";
import { COMPRESSIONS } from "./names.js";

const compressions = COMPRESSIONS.slice(1);
const MEBI = 2 ** 20;
/** Blobs of all sizes around the codecs' block sizes, that shrink well, badly, and not at all. */
const blob = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 5000 })).map(([unit, times]) => {
    return Buffer.concat(Array.from({ length: times }, () => unit));
  }),
);

describe.each(compressions)("%s", (name) => {
  it("gives back what it took", () => {
    fc.assert(
      fc.property(blob, (bytes) => {
        const restored = decompress(name, compress(name, bytes), Math.max(1, bytes.length));
        expect(Buffer.compare(restored, bytes)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps to the bound exactly", () => {
    for (const size of [2, 1000, 65_536, 131_072, 300_000]) {
      const compressed = compress(name, Buffer.alloc(size, "abcdefg"));
      expect(decompress(name, compressed, size)).toHaveLength(size);
      expect(() => decompress(name, compressed, size - 1)).toThrow(`more than ${size - 1} bytes`);
    }
  });

  it("refuses bombs before they take memory", () => {
    const bomb = compress(name, Buffer.alloc(256 * MEBI));
    const before = process.memoryUsage.rss();
    expect(() => decompress(name, bomb, MEBI)).toThrow("more than 1048576 bytes");
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MEBI);
  });

  it("refuses what is cut off, and what is not its form", () => {
    const whole = compress(name, Buffer.alloc(100_000, "some text that repeats"));
    for (const length of [0, 1, 8, 20, whole.length >> 1, whole.length - 1]) {
      expect(() => decompress(name, whole.subarray(0, length))).toThrow(RecordsError);
    }
    for (const byte of [0, 0x20, 0xff]) expect(() => decompress(name, Buffer.alloc(500, byte))).toThrow(RecordsError);
  });

  it("does not mind where in memory its input lies", () => {
    const compressed = compress(name, Buffer.from("text"));
    const within = new Uint8Array(compressed.length + 10);
    within.set(compressed, 7);
    expect(Buffer.from(decompress(name, within.subarray(7, 7 + compressed.length))).toString()).toBe("text");
    expect(Buffer.from(decompress(name, compress(name, new Uint8Array([1, 2, 3, 4]).subarray(1, 3)))).toString("hex")).toBe("0203");
  });
});

it("none is none", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(compress("none", bytes)).toBe(bytes);
  expect(decompress("none", bytes)).toBe(bytes);
});
