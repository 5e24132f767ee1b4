import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readVarint, readVarlong, type VarintCursor, varintBytes, varlongBytes, writeVarint, writeVarlong } from "./varint.js";

const cursor = (bytes: readonly number[]): VarintCursor => ({ bytes: Uint8Array.from(bytes), position: 0, end: bytes.length });
const written = (write: (bytes: Uint8Array, position: number, value: number) => number, value: number) => {
  const bytes = new Uint8Array(16);
  return [...bytes.subarray(0, write(bytes, 0, value))];
};

/** The definition, in big integers: zigzag, then groups of seven bits. */
function reference(value: number): number[] {
  const big = BigInt(value);
  let zigzag = big < 0n ? -big * 2n - 1n : big * 2n;
  const bytes: number[] = [];
  for (; zigzag >= 128n; zigzag >>= 7n) bytes.push(Number(zigzag & 127n) | 128);
  return [...bytes, Number(zigzag)];
}

describe("varint", () => {
  it("round-trips 32 bits in the defined form", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
        const bytes = written(writeVarint, value);
        expect(bytes).toEqual(reference(value));
        expect(varintBytes(value)).toBe(bytes.length);
        const at = cursor(bytes);
        expect(readVarint(at)).toBe(value);
        expect(at.position).toBe(bytes.length);
      }),
    );
  });

  it("refuses what is cut off or too long, and does not move", () => {
    for (const bytes of [[], [0x80], [0xff, 0xff, 0xff, 0xff], [0x80, 0x80, 0x80, 0x80, 0x80, 0]]) {
      const at = cursor(bytes);
      expect(() => readVarint(at)).toThrow(RangeError);
      expect(at.position).toBe(0);
    }
  });

  it("does not read past the end of its cursor", () => {
    const at = { bytes: Uint8Array.from([0x80, 0x01]), position: 0, end: 1 };
    expect(() => readVarint(at)).toThrow("cut off");
    expect(() => readVarlong(at)).toThrow("cut off");
  });
});

describe("varlong", () => {
  const extremes = [0, -1, 1, 63, -64, 64, -65, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];

  it("round-trips 53 bits in the defined form", () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...extremes)), (value) => {
        const bytes = written(writeVarlong, value);
        expect(bytes).toEqual(reference(value));
        expect(varlongBytes(value)).toBe(bytes.length);
        const at = cursor(bytes);
        expect(readVarlong(at)).toBe(value);
        expect(at.position).toBe(bytes.length);
      }),
    );
  });

  it("refuses what is cut off, too long, or beyond 2^53", () => {
    const tooLong = [...Array<number>(10).fill(0x80), 0];
    const beyond = [...Array<number>(9).fill(0xff), 0x01];
    for (const bytes of [[], [0x80], tooLong, beyond]) expect(() => readVarlong(cursor(bytes))).toThrow(RangeError);
  });
});
