import fc from "fast-check";
import { expect, it } from "vitest";
import { keyMap } from "./key-map.js";

const hashKey = Uint8Array.from({ length: 16 }, (_, i) => i * 11);
const keyOf = (number: number) => Buffer.from(`key ${number}`);

it("knows the newest offset of each key, as a map would", () => {
  const operations = fc.array(fc.nat({ max: 3_000 }), { maxLength: 20_000, size: "max" });
  fc.assert(
    fc.property(operations, fc.nat({ max: 2 ** 50 }), (numbers, baseOffset) => {
      const keys = keyMap({ maxBytes: 1 << 20, baseOffset, hashKey });
      const model = new Map<number, number>();
      const refused = numbers.filter((number, i) => {
        const key = keyOf(number);
        model.set(number, baseOffset + i);
        return !keys.put(key, 0, key.length, baseOffset + i);
      });
      expect(refused).toEqual([]);
      expect(keys.size).toBe(model.size);
      const wrong = Array.from({ length: 3_100 }, (_, number) => number).filter((number) => {
        const key = keyOf(number);
        return keys.get(key, 0, key.length) !== (model.get(number) ?? -1);
      });
      expect(wrong).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

it.each([0, 20, 1_000, 100_000, 4 << 20])("fills the %i bytes that it may have, and takes no more", (maxBytes) => {
  const keys = keyMap({ maxBytes, baseOffset: 0, hashKey });
  let count = 0;
  for (; ; count++) {
    const key = keyOf(count);
    if (!keys.put(key, 0, key.length, count)) break;
  }
  expect(count).toBeGreaterThanOrEqual(Math.max(1, Math.floor((maxBytes / 25) * 0.95)));
  expect(keys.memoryBytes).toBeLessThanOrEqual(Math.max(maxBytes, 40));
  const first = keyOf(0);
  expect(keys.put(first, 0, first.length, count), "a key that it knows needs no room").toBe(true);
  for (let number = 1; number < count; number++) {
    const key = keyOf(number);
    if (keys.get(key, 0, key.length) !== number) expect(keys.get(key, 0, key.length)).toBe(number);
  }
});

it("begins small", () => {
  expect(keyMap({ maxBytes: 128 << 20, baseOffset: 0, hashKey }).memoryBytes).toBeLessThan(512 * 1024);
});

it("has no room for offsets that are too far away", () => {
  const keys = keyMap({ maxBytes: 1 << 16, baseOffset: 10, hashKey });
  const key = keyOf(0);
  expect(keys.put(key, 0, key.length, 10 + 2 ** 32 - 2)).toBe(true);
  expect(keys.get(key, 0, key.length)).toBe(10 + 2 ** 32 - 2);
  expect(keys.put(key, 0, key.length, 10 + 2 ** 32 - 1)).toBe(false);
});
