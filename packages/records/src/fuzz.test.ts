// Damage at random: whatever becomes of a batch, readers refuse it with RecordsError or read it within their bounds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildBatch } from "./build.js";
import { checkBatch } from "./check.js";
import { decompress } from "./compression/codecs.js";
import { COMPRESSIONS } from "./compression/names.js";
import { RecordsError } from "./errors.js";
import { records } from "./iterate.js";
import { sealBatch } from "./patch.js";
import { recompressBatch } from "./recompress.js";
import { validateRecords } from "./validate.js";
import { batches } from "./walk.js";

const MAX_DECOMPRESSED_BYTES = 20_000;
const RUNS = 1_500;

const batchOf = (compression: (typeof COMPRESSIONS)[number]): Uint8Array =>
  buildBatch({
    compression,
    records: Array.from({ length: 40 }, (_, index) => ({
      key: Buffer.from(`key ${index}`),
      value: Buffer.from(`a value, ${"again ".repeat(index)}`),
      headers: index % 3 === 0 ? [{ key: "header", value: Buffer.from("x") }] : [],
    })),
  });

type Change = readonly [at: number, byte: number];

const changeOf = (bytes: Uint8Array): fc.Arbitrary<Change> => fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }));

function damage(batch: Uint8Array, changes: readonly Change[], cutTo: number): Uint8Array {
  const bytes = Uint8Array.from(batch);
  for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
  return bytes.subarray(0, Math.floor(bytes.length * cutTo));
}

/** Whether `read` ended well; anything but RecordsError fails the test. */
function survives(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof RecordsError) return false;
    throw error;
  }
}

function readAll(bytes: Uint8Array): number {
  let total = 0;
  for (const { key, value, headers } of records(bytes, 0, { maxDecompressedBytes: MAX_DECOMPRESSED_BYTES })) {
    total += (key?.length ?? 0) + (value?.length ?? 0) + headers.length;
  }
  return total;
}

describe.each(COMPRESSIONS)("damaged batches (%s)", (compression) => {
  const batch = batchOf(compression);
  const change = changeOf(batch);
  const cut = fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) });

  it("are refused or read, within bounds", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), cut, fc.boolean(), (changes, cutTo, reseal) => {
        const bytes = damage(batch, changes, cutTo);
        if (reseal && bytes.length === batch.length) sealBatch(bytes, 0);
        if (checkBatch(bytes, 0, bytes.length) === undefined) {
          validateRecords(bytes, 0, { keysRequired: true, maxDecompressedBytes: MAX_DECOMPRESSED_BYTES });
        }
        expect([...batches(bytes)].length).toBeLessThanOrEqual(bytes.length / 17);
        survives(() => expect(readAll(bytes)).toBeLessThanOrEqual(MAX_DECOMPRESSED_BYTES));
        survives(() => recompressBatch(bytes, 0, "none", undefined, MAX_DECOMPRESSED_BYTES));
      }),
      { numRuns: RUNS },
    );
  });
});

describe.each(COMPRESSIONS.slice(1))("damaged records (%s)", (compression) => {
  it("decompress to no more than the bound", () => {
    const content = batchOf(compression).subarray(61);
    const change = changeOf(content);
    const limit = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), limit, (changes, maxBytes) => {
        survives(() => expect(decompress(compression, damage(content, changes, 1), maxBytes).length).toBeLessThanOrEqual(maxBytes));
      }),
      { numRuns: RUNS },
    );
  });
});

it("bytes at random are no batch", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(checkBatch(bytes, 0, bytes.length)).toBeDefined();
      expect(survives(() => readAll(bytes))).toBe(false);
    }),
    { numRuns: RUNS },
  );
});
