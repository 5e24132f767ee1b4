// A scan sees what an iteration sees, field by field.
import { describe, expect, it } from "vitest";
import { buildBatch, RecordScan, RecordsError, readBatchHeader, records } from "./index.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const batch = buildBatch({
  baseOffset: 40,
  records: [
    { key: bytes("k"), value: bytes("v"), timestamp: 1_000 },
    { key: null, value: null, timestamp: 1_002 },
    {
      key: bytes(""),
      value: bytes(""),
      headers: [
        { key: "trace", value: bytes("1") },
        { key: "none", value: null },
      ],
      timestamp: 999,
    },
  ],
});

describe("a scan", () => {
  it("gives the same keys, values, headers, offsets and timestamps as the iteration", () => {
    const scan = new RecordScan(batch, 0, readBatchHeader(batch, 0));
    const scanned = [];
    while (scan.next()) {
      scanned.push({ offset: scan.offset, timestamp: scan.timestamp, key: scan.key(), value: scan.value(), headers: scan.headers() });
    }
    expect(scanned).toEqual([...records(batch)].map(({ sequence: _, ...record }) => record));
    expect(scanned).toHaveLength(3);
  });

  it("gives views, not copies", () => {
    const scan = new RecordScan(batch, 0, readBatchHeader(batch, 0));
    scan.next();
    expect(scan.value()?.buffer).toBe(batch.buffer);
  });

  it("refuses headers that do not end with their record", () => {
    const damaged = Uint8Array.from(batch);
    const scan = new RecordScan(damaged, 0, readBatchHeader(damaged, 0));
    scan.next();
    // One header less than there are bytes for.
    damaged[61 + scan.recordEnd - 1] = 2;
    expect(() => scan.headers()).toThrow(RecordsError);
  });
});
