import fc from "fast-check";
import { expect, it } from "vitest";
import { crc32c } from "./crc32c.js";
import { crc32cCombine } from "./crc32c-combine.js";

it("gives the checksum of the whole from those of its parts", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.uint8Array({ maxLength: 3_000 }), (a, b) => {
      expect(crc32cCombine(crc32c(a), crc32c(b), b.length)).toBe(crc32c(Buffer.concat([a, b])));
    }),
  );
});

it("is right for long parts", () => {
  const a = Buffer.alloc(5, 1);
  for (const length of [65_535, 1_048_576, 33_554_433]) {
    const b = Buffer.alloc(length, "long");
    expect(crc32cCombine(crc32c(a), crc32c(b), length)).toBe(crc32c(b, crc32c(a)));
  }
});
