import fc from "fast-check";
import { expect, it } from "vitest";
import { readInt53, writeInt53 } from "./int53.js";

const view = new DataView(new ArrayBuffer(12));

it("writes what a bigint write does, in both byte orders, and reads it back", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.boolean(), (value, littleEndian) => {
      writeInt53(view, 3, value, littleEndian);
      expect(view.getBigInt64(3, littleEndian)).toBe(BigInt(value));
      expect(readInt53(view, 3, littleEndian)).toBe(value);
    }),
  );
});

it.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)])("refuses to read %i", (value) => {
  view.setBigInt64(0, value);
  expect(() => readInt53(view, 0)).toThrow(RangeError);
});
