import { crc32c } from "@moldau/std";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTrailer, encodePromotedEnd, faultInHead, HEAD_BYTES, markIn, TRAILER_BYTES, writeMark } from "./segment-frame.js";

describe("the end of a promoted segment", () => {
  it("is whole pages, and its trailer finds the footer", () => {
    const lengths = fc.oneof(
      fc.integer({ min: 8, max: 20_000 }),
      fc.constantFrom(HEAD_BYTES - TRAILER_BYTES, HEAD_BYTES - TRAILER_BYTES + 1, HEAD_BYTES),
    );
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 50 }), (lengthBytes, page) => {
        const footer = new Uint8Array(lengthBytes).fill(7);
        const position = page * HEAD_BYTES;
        const end = Buffer.concat(encodePromotedEnd(42, [footer.subarray(0, 5), footer.subarray(5)], position));
        expect(end.length % HEAD_BYTES).toBe(0);
        expect(end.length).toBeLessThan(lengthBytes + TRAILER_BYTES + HEAD_BYTES);
        const trailer = end.subarray(-TRAILER_BYTES);
        expect(decodeTrailer(trailer, 42, position + end.length)).toEqual({
          position,
          lengthBytes,
          crc: crc32c(footer),
          layout: "scattered",
        });
        expect(decodeTrailer(trailer, 43, position + end.length)).toEqual(expect.any(String));
        expect(decodeTrailer(trailer, 42, position + end.length + HEAD_BYTES)).toEqual(expect.any(String));
      }),
    );
  });
});

describe("the mark of a head", () => {
  const page = () => {
    const bytes = new Uint8Array(HEAD_BYTES).fill(9, 0, 28);
    expect(markIn(bytes)).toBe("none");
    writeMark(bytes, 42);
    return bytes;
  };

  it("says which segment it is", () => {
    expect(markIn(page())).toBe(42);
    expect(faultInHead(page(), 42)).toBeUndefined();
    expect(faultInHead(page(), 41)).toEqual(expect.any(String));
  });

  it("is damaged by any flipped bit, in it or before it", () => {
    for (let bit = 0; bit < 84 * 8; bit++) {
      const bytes = page();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(markIn(bytes)).toBe("damaged");
      expect(faultInHead(bytes, 42)).toEqual(expect.any(String));
    }
  });
});
