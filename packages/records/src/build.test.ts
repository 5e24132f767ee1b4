import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BatchInput, buildBatch, type RecordInput } from "./build.js";
import { checkBatch } from "./check.js";
import { COMPRESSIONS } from "./compression/names.js";
import { readBatchHeader } from "./header.js";
import { records } from "./iterate.js";
import { recompressBatch } from "./recompress.js";

const blob = fc.option(fc.uint8Array({ maxLength: 200 }), { nil: null });
const text = fc.string({ unit: "grapheme", maxLength: 10 });
const record: fc.Arbitrary<Required<Omit<RecordInput, "offset">>> = fc.record({
  key: blob,
  value: blob,
  headers: fc.array(fc.record({ key: text, value: blob }), { maxLength: 3 }),
  timestamp: fc.integer({ min: -1, max: 2 ** 43 }),
});
const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 30 }),
  compression: fc.constantFrom(...COMPRESSIONS),
  producerId: fc.integer({ min: 0, max: 2 ** 50 }),
  producerEpoch: fc.integer({ min: 0, max: 2 ** 15 - 1 }),
  baseSequence: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  transactional: fc.boolean(),
});

const plain = (bytes: Uint8Array | null | undefined): Uint8Array | null => (bytes ? Uint8Array.from(bytes) : null);
const read = (bytes: Uint8Array, position = 0) =>
  Array.from(records(bytes, position), ({ key, value, headers, ...rest }) => ({
    ...rest,
    key: plain(key),
    value: plain(value),
    headers: headers.map((header) => ({ key: header.key, value: plain(header.value) })),
  }));

describe("buildBatch", () => {
  it("writes what is read back, in every compression, as producers must", () => {
    fc.assert(
      fc.property(batch, (input) => {
        const bytes = buildBatch(input);
        expect(checkBatch(bytes, 0, bytes.length)).toBeUndefined();
        const timestamps = input.records.map(({ timestamp }) => timestamp);
        expect(readBatchHeader(bytes, 0)).toMatchObject({
          sizeBytes: bytes.length,
          compression: input.compression,
          transactional: input.transactional,
          producerId: input.producerId,
          producerEpoch: input.producerEpoch,
          baseSequence: input.baseSequence,
          recordCount: input.records.length,
          lastOffsetDelta: input.records.length - 1,
          baseTimestamp: timestamps[0],
          maxTimestamp: Math.max(...timestamps),
        });
        const expected = input.records.map((given, index) => ({
          ...given,
          offset: index,
          sequence: (input.baseSequence + index) % 2 ** 31,
        }));
        expect(read(bytes)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it("keeps the holes between offsets", () => {
    const offsets = [100, 103, 104, 2000];
    const bytes = buildBatch({ records: offsets.map((offset) => ({ offset })), baseOffset: 98 });
    expect(readBatchHeader(bytes, 0)).toMatchObject({ baseOffset: 98, lastOffsetDelta: 1902, lastOffset: 2000, recordCount: 4 });
    expect(read(bytes).map(({ offset }) => offset)).toEqual(offsets);
    expect(() => buildBatch({ records: [{ offset: 5 }, { offset: 5 }] })).toThrow("offsets within a batch grow");
  });

  it("leaves out what is not given", () => {
    const bytes = buildBatch({ records: [{}] });
    expect(read(bytes)).toEqual([{ offset: 0, timestamp: -1, key: null, value: null, headers: [], sequence: -1 }]);
    expect(readBatchHeader(bytes, 0)).toMatchObject({
      leaderEpoch: -1,
      producerId: -1,
      producerEpoch: -1,
      baseSequence: -1,
      maxTimestamp: -1,
    });
  });

  it("obeys a compression's level", () => {
    const value = Buffer.from(Array.from({ length: 4000 }, (_, index) => `item ${Math.floor(1e6 * Math.abs(Math.sin(index)))} `).join(""));
    const size = (compression: BatchInput["compression"], compressionLevel: number) =>
      buildBatch({ records: [{ value }], ...(compression && { compression }), compressionLevel }).length;
    expect(size("gzip", 9)).toBeLessThan(size("gzip", 1));
    expect(size("zstd", 19)).toBeLessThan(size("zstd", 1));
  });
});

describe("recompressBatch", () => {
  it("changes the compression, and nothing that a reader sees", () => {
    fc.assert(
      fc.property(batch, fc.constantFrom(...COMPRESSIONS), (input, compression) => {
        const bytes = Buffer.concat([Buffer.alloc(3), buildBatch(input)]);
        const again = recompressBatch(bytes, 3, compression);
        expect(checkBatch(again, 0, again.length)).toBeUndefined();
        const { batchLength, sizeBytes, crc, attributes, compression: _, ...kept } = readBatchHeader(bytes, 3);
        expect(readBatchHeader(again, 0)).toMatchObject({ ...kept, compression, sizeBytes: again.length });
        expect(read(again)).toEqual(read(bytes, 3));
      }),
      { numRuns: 60 },
    );
  });

  it("refuses records beyond the bound", () => {
    const bytes = buildBatch({ records: [{ value: Buffer.alloc(10_000) }], compression: "gzip" });
    expect(() => recompressBatch(bytes, 0, "none", undefined, 5_000)).toThrow("more than 5000 bytes");
  });
});
