import fc from "fast-check";
import { expect, it } from "vitest";
import { isInt53LE, readInt53BE, readInt53LE, writeInt53BE, writeInt53LE } from "./int53.js";

const bytes = new Uint8Array(12);
const view = new DataView(bytes.buffer);

it("writes what a bigint write does, in both byte orders, and reads it back", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      writeInt53LE(bytes, 3, value);
      expect(view.getBigInt64(3, true)).toBe(BigInt(value));
      expect(readInt53LE(bytes, 3)).toBe(value);
      expect(isInt53LE(bytes, 3)).toBe(true);
      writeInt53BE(bytes, 1, value);
      expect(view.getBigInt64(1, false)).toBe(BigInt(value));
      expect(readInt53BE(bytes, 1)).toBe(value);
    }),
  );
});

it.each([2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)])("refuses to read %i", (value) => {
  view.setBigInt64(0, value);
  expect(() => readInt53BE(bytes, 0)).toThrow(RangeError);
  view.setBigInt64(0, value, true);
  expect(() => readInt53LE(bytes, 0)).toThrow(RangeError);
  expect(isInt53LE(bytes, 0)).toBe(false);
});
