import { describe, expect, it } from "vitest";
import { type BatchInput, buildBatch } from "./build.js";
import { COMPRESSIONS } from "./compression/names.js";
import { sealBatch } from "./patch.js";
import { validateRecords } from "./validate.js";

const now = 1_700_000_000_000;
const key = Buffer.from("key");
const value = Buffer.from("value");
const batch = (records: BatchInput["records"], compression: BatchInput["compression"] = "none"): Buffer =>
  Buffer.from(buildBatch({ records, compression }));
const free = { keysRequired: false };

describe("validateRecords", () => {
  it.each(COMPRESSIONS)("names the records that break a rule (%s)", (compression) => {
    const bytes = batch(
      [
        { key, value, timestamp: now },
        { value, timestamp: now, headers: [{ key: "h", value }] },
        { key, timestamp: now + 11 },
        { key, timestamp: now - 11 },
        { key, timestamp: -1 },
      ],
      compression,
    );
    expect(validateRecords(bytes, 0, free)).toEqual([]);
    const faults = validateRecords(bytes, 0, { keysRequired: true, earliestTimestamp: now - 10, latestTimestamp: now + 10 });
    expect(faults.map(({ batchIndex, error }) => [batchIndex, error])).toEqual([
      [1, "INVALID_RECORD"],
      [2, "INVALID_TIMESTAMP"],
      [3, "INVALID_TIMESTAMP"],
    ]);
    expect(faults[1]?.message).toBe(`timestamp ${now + 11} is not within [${now - 10}, ${now + 10}]`);
  });

  it("stops naming them at a hundred", () => {
    const bytes = batch(Array.from({ length: 300 }, () => ({ value })));
    expect(validateRecords(bytes, 0, { keysRequired: true })).toHaveLength(100);
  });

  it("says where records cannot be read", () => {
    const damaged = (at: number, byte: number) => {
      const bytes = batch([{ key, value }, { value }]);
      bytes[at] = byte;
      return validateRecords(bytes, 0, free);
    };
    const second = 61 + 1 + (batch([{ key, value }]).length - 62);
    expect(damaged(61, 0x7e)).toMatchObject([
      { batchIndex: 0, error: "INVALID_RECORD", message: expect.stringContaining("passes the batch's end") },
    ]);
    expect(damaged(61, 0)).toMatchObject([{ batchIndex: 0 }]);
    expect(damaged(64, 4)).toMatchObject([{ batchIndex: 0, message: expect.stringContaining("offset delta 2") }]);
    expect(damaged(65, 0x7e)).toMatchObject([{ batchIndex: 0, message: expect.stringContaining("passes its record's end") }]);
    expect(damaged(second + 3, 0)).toMatchObject([{ batchIndex: 1, message: expect.stringContaining("offset delta 0") }]);
    expect(damaged(60, 1)).toMatchObject([{ batchIndex: 1, message: expect.stringContaining("left after") }]);
    expect(damaged(60, 3)).toMatchObject([{ batchIndex: 2 }]);
  });

  it("refuses what is not in its compression's form, or holds too much", () => {
    for (const compression of COMPRESSIONS.slice(1)) {
      const bytes = batch([{ value: Buffer.alloc(5_000) }], compression);
      expect(validateRecords(bytes, 0, { ...free, maxDecompressedBytes: 6_000 })).toEqual([]);
      expect(validateRecords(bytes, 0, { ...free, maxDecompressedBytes: 4_000 })[0]?.message).toContain("more than 4000 bytes");
      bytes.fill(0xff, 61);
      expect(validateRecords(bytes, 0, free)).toMatchObject([{ batchIndex: 0, error: "INVALID_RECORD" }]);
    }
  });
});

describe("validateRecords of batches that lie about their records", () => {
  /** The count says so twice, and the crc is right. */
  const counted = (count: number) => {
    const bytes = batch(["a", "b", "c"].map((text) => ({ key: Buffer.from(text), timestamp: now })));
    bytes.writeInt32BE(count, 57);
    bytes.writeInt32BE(count - 1, 23);
    sealBatch(bytes, 0);
    return bytes;
  };

  it.each([2, 4])("finds that three records are not %i", (count) => {
    expect(validateRecords(counted(3), 0, free)).toEqual([]);
    expect(validateRecords(counted(count), 0, free)).toMatchObject([{ error: "INVALID_RECORD" }]);
  });
});
