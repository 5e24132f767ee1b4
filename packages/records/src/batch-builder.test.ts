import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BatchMemory, batchBuilder } from "./batch-builder.js";
import { buildBatch } from "./build.js";
import { checkBatch } from "./check.js";
import { COMPRESSIONS } from "./compression/names.js";
import { readBatchHeader } from "./header.js";
import { setBatchProducer } from "./patch.js";

/** Memory that says what is out. */
function countedMemory(): BatchMemory & { readonly out: Set<Buffer> } {
  const out = new Set<Buffer>();
  return {
    out,
    take(bytes) {
      const memory = Buffer.alloc(bytes, 0xaa);
      out.add(memory);
      return memory;
    },
    give(memory) {
      expect(out.delete(memory)).toBe(true);
    },
  };
}

const content = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "grapheme", maxLength: 100 }));
const record = fc.record({
  key: content,
  value: content,
  headers: fc.array(fc.record({ key: fc.string({ unit: "grapheme", maxLength: 10 }), value: content }), { maxLength: 3 }),
  timestamp: fc.integer({ min: -1, max: 2 ** 43 }),
});
const asBytes = (data: string | Uint8Array | null) => (typeof data === "string" ? Buffer.from(data) : data);
const PRODUCER = { producerId: 7, producerEpoch: 3, baseSequence: 11 };
const SEALED = { ...PRODUCER, compression: "none", transactional: false } as const;

describe("a batch builder", () => {
  it("writes what buildBatch writes of the same records", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 40 }), fc.constantFrom(...COMPRESSIONS), (records, compression) => {
        const memory = countedMemory();
        const builder = batchBuilder({ maxBytes: 100_000, memory });
        for (const { timestamp, key, value, headers } of records) expect(builder.append(timestamp, key, value, headers)).toBe(true);
        expect(builder.recordCount).toBe(records.length);
        const sizeBytes = builder.sizeBytes;
        const sealed = builder.seal({ ...PRODUCER, compression, transactional: true });
        const expected = buildBatch({
          ...PRODUCER,
          compression,
          transactional: true,
          records: records.map(({ key, value, headers, timestamp }) => ({
            timestamp,
            key: asBytes(key),
            value: asBytes(value),
            headers: headers.map((header) => ({ key: header.key, value: asBytes(header.value) })),
          })),
        });
        expect(Buffer.compare(sealed.bytes, expected)).toBe(0);
        if (compression === "none") expect(sizeBytes).toBe(expected.length);
        expect([...memory.out]).toEqual(sealed.memory ? [sealed.memory] : []);
      }),
      { numRuns: 100 },
    );
  });

  it("takes records up to its size, and one that is larger only alone", () => {
    const memory = countedMemory();
    const builder = batchBuilder({ maxBytes: 1000, memory });
    const value = Buffer.alloc(400);
    expect(builder.append(0, null, value, [])).toBe(true);
    expect(builder.append(0, null, value, [])).toBe(true);
    expect(builder.append(0, null, value, [])).toBe(false);
    expect(builder.sizeBytes).toBeLessThanOrEqual(1000);
    expect(readBatchHeader(builder.seal(SEALED).bytes, 0).recordCount).toBe(2);

    const alone = batchBuilder({ maxBytes: 1000, memory });
    expect(alone.append(0, null, Buffer.alloc(5000), [])).toBe(true);
    expect(alone.append(0, null, "", [])).toBe(false);
    const { bytes } = alone.seal(SEALED);
    expect(checkBatch(bytes, 0, bytes.length)).toBeUndefined();
  });

  it("gives its memory back when it is discarded", () => {
    const memory = countedMemory();
    const builder = batchBuilder({ maxBytes: 1000, memory });
    builder.append(0, "key", Buffer.alloc(500), []);
    builder.discard();
    expect(memory.out.size).toBe(0);
  });

  it("makes batches that can be numbered anew", () => {
    const builder = batchBuilder({ maxBytes: 1000, memory: countedMemory() });
    builder.append(5, "key", "value", []);
    const { bytes } = builder.seal(SEALED);
    const anew = { producerId: 2 ** 40, producerEpoch: 4, baseSequence: 0 };
    setBatchProducer(bytes, 0, anew);
    expect(checkBatch(bytes, 0, bytes.length)).toBeUndefined();
    expect(readBatchHeader(bytes, 0)).toMatchObject({ ...anew, recordCount: 1 });
  });
});
