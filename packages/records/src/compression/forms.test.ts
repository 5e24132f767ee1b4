// The forms in which other implementations write what the codecs read.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { compressSync as snappyRaw } from "snappy";
import { describe, expect, it } from "vitest";
import { compress, decompress } from "./codecs.js";
import { zstdExtent } from "./zstd-frame.js";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const longValue = Array.from({ length: 5000 }, (_, index) => `line ${index} of a long value; `).join("");
/** The first batch's compressed records. */
const vector = (name: string): Buffer => {
  const bytes = readFileSync(new URL(`../../testdata/${name}.batches`, import.meta.url));
  return bytes.subarray(61, 12 + bytes.readInt32BE(8));
};

describe("gzip", () => {
  it("reads several members as one", () => {
    const members = Buffer.concat([gzipSync("one "), gzipSync(""), gzipSync("two")]);
    expect(text(decompress("gzip", members))).toBe("one two");
    expect(() => decompress("gzip", members, 6)).toThrow("more than 6 bytes");
  });

  it("does not believe a trailer that claims too much", () => {
    const compressed = gzipSync("text");
    compressed.writeUInt32LE(0xffff_ffff, compressed.length - 4);
    expect(() => decompress("gzip", compressed)).toThrow("not in gzip form");
    // Zeros after the last member end it, and what follows stands where a trailer would.
    const content = decompress("gzip", Buffer.concat([gzipSync("text"), Buffer.from("00ffffff7f", "hex")]));
    expect(text(content)).toBe("text");
    expect(content.buffer.byteLength).toBeLessThan(100_000);
  });
});

describe("snappy", () => {
  it("reads raw blocks and xerial's chunks, and writes the latter", () => {
    expect(text(decompress("snappy", snappyRaw(longValue)))).toBe(longValue);
    const framed = Buffer.from(compress("snappy", Buffer.from(longValue)));
    expect(framed.toString("latin1", 0, 8)).toBe("\x82SNAPPY\0");
    const chunks = [framed.subarray(0, 16)];
    for (let position = 16; position < framed.length; ) {
      const end = position + 4 + framed.readInt32BE(position);
      chunks.push(framed.subarray(position, end));
      position = end;
    }
    expect(chunks).toHaveLength(1 + Math.ceil(longValue.length / 32_768));
    expect(text(decompress("snappy", Buffer.concat(chunks.slice(0, 2))))).toBe(longValue.slice(0, 32_768));
  });

  it("reads xerial's empty stream, and refuses chunks that lead nowhere", () => {
    const header = Buffer.from(compress("snappy", new Uint8Array(0)));
    expect(header).toHaveLength(16);
    expect(decompress("snappy", header)).toHaveLength(0);
    for (const length of [-1, 5, 0x7fff_ffff]) {
      const chunk = Buffer.alloc(4);
      chunk.writeInt32BE(length);
      expect(() => decompress("snappy", Buffer.concat([header, chunk]))).toThrow("longer than the records");
    }
    expect(() => decompress("snappy", Buffer.concat([header, Buffer.of(0)]))).toThrow("cut off");
  });

  it("refuses a raw block that claims 4 GiB", () => {
    expect(() => decompress("snappy", Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0))).toThrow("more than");
  });
});

describe("lz4", () => {
  it("reads frames of dependent blocks, with checksums and a content size", () => {
    const frame = readFileSync(new URL("../../testdata/linked-blocks.lz4", import.meta.url));
    expect(frame[4]).toBe(0x5c);
    expect(text(decompress("lz4", frame))).toBe(longValue);
    expect(text(decompress("lz4", frame, longValue.length))).toBe(longValue);
    expect(() => decompress("lz4", frame, longValue.length - 1)).toThrow("more than");
  });

  it("measures blocks where their number does not decide", () => {
    expect(decompress("lz4", vector("java-lz4"), 70_000).length).toBeGreaterThan(66_401);
    expect(() => decompress("lz4", vector("java-lz4"), 66_401)).toThrow("more than");
  });

  it("writes what Java reads: independent blocks, a version and a block size", () => {
    const frame = compress("lz4", Buffer.from(longValue));
    expect((frame[4] as number) & 0xe0).toBe(0x60);
    expect((frame[5] as number) >> 4).toBeGreaterThanOrEqual(4);
  });
});

describe("zstd", () => {
  it("reads several frames, some to be skipped, as one", () => {
    const skipped = Buffer.from("502a4d1803000000aabbcc", "hex");
    const frames = Buffer.concat([compress("zstd", Buffer.from("one ")), skipped, compress("zstd", Buffer.from("two")), skipped]);
    expect(text(decompress("zstd", frames))).toBe("one two");
    expect(text(decompress("zstd", frames, 7))).toBe("one two");
    expect(() => decompress("zstd", frames, 6)).toThrow("more than 6 bytes");
  });

  it("reads frames that do not say how much they hold", () => {
    expect(decompress("zstd", vector("java-zstd"), 70_000).length).toBeGreaterThan(66_401);
    expect(() => decompress("zstd", vector("java-zstd"), 66_401)).toThrow("more than");
  });

  it("knows the most that blocks can hold", () => {
    const framed = Buffer.from(compress("zstd", Buffer.from(longValue.repeat(3))));
    expect(zstdExtent(framed)).toEqual({ boundBytes: 4 * 131_072, claimedBytes: undefined });
    expect(zstdExtent(Buffer.concat([framed, framed])).boundBytes).toBe(8 * 131_072);
  });

  it("refuses claims and windows beyond all bounds", () => {
    const claim = Buffer.from("28b52ffde0000000000000ff00010000", "hex");
    expect(() => decompress("zstd", claim)).toThrow("more than");
    const window = Buffer.from("28b52ffd00f8010000", "hex");
    expect(() => decompress("zstd", window)).toThrow("wants a window");
    // A block of one repeated byte: 2 MiB from four bytes.
    const repeated = Buffer.from("28b52ffd0058".concat("faffff00".repeat(2), "fbffff00"), "hex");
    expect(() => decompress("zstd", repeated, 2 ** 20)).toThrow("more than");
  });
});
