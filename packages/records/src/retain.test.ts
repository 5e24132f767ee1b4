import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BatchInput, buildBatch } from "./build.js";
import { checkStoredBatch } from "./check.js";
import { COMPRESSIONS } from "./compression/names.js";
import { controlBatch } from "./control.js";
import { readBatchHeader } from "./header.js";
import { records } from "./iterate.js";
import { BatchRetainer, emptyBatch } from "./retain.js";
import { RecordScan } from "./scan.js";

const bytes = fc.uint8Array({ maxLength: 300 });
const nullable = fc.option(bytes);
const record = fc.record({
  key: nullable,
  value: nullable,
  timestamp: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 2 ** 45 })),
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 5 }), value: nullable }), { maxLength: 2 }),
  gap: fc.integer({ min: 1, max: 1_000 }),
});
const input: fc.Arbitrary<BatchInput> = fc
  .record({
    records: fc.array(record, { minLength: 1, maxLength: 20 }),
    baseOffset: fc.integer({ min: 0, max: 2 ** 50 }),
    compression: fc.constantFrom(...COMPRESSIONS),
    timestampType: fc.constantFrom("CreateTime" as const, "LogAppendTime" as const),
    producerId: fc.integer({ min: -1, max: 1_000 }),
    producerEpoch: fc.integer({ min: -1, max: 100 }),
    baseSequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    transactional: fc.boolean(),
    leaderEpoch: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ records: given, ...rest }) => {
    let offset = rest.baseOffset - 1;
    const placed = given.map(({ gap, ...one }) => {
      offset += gap;
      return { ...one, offset };
    });
    return { ...rest, records: placed };
  });

/** The batch of the records whose places `stays` says yes to. */
function retained(batch: Uint8Array, stays: (index: number) => boolean, horizonMs?: number): Uint8Array {
  const retainer = new BatchRetainer(batch, 0);
  for (let index = 0; retainer.scan.next(); index++) if (stays(index)) retainer.keep();
  return retainer.batch(horizonMs);
}

describe("a batch of which some records stay", () => {
  it("has what stays as it was, and the place of the batch before", () => {
    fc.assert(
      fc.property(input, fc.array(fc.boolean(), { maxLength: 20 }), fc.option(fc.nat({ max: 2 ** 45 })), (given, choice, horizon) => {
        const before = buildBatch(given);
        const stays = (index: number) => index === 0 || choice[index] === true;
        const after = retained(before, stays, horizon ?? undefined);
        expect(checkStoredBatch(after, 0, after.length)).toBeUndefined();
        const kept = Array.from(records(before)).filter((_, index) => stays(index));
        expect(Array.from(records(after))).toEqual(kept);
        const header = readBatchHeader(before, 0);
        const newest = Math.max(...kept.map(({ timestamp }) => timestamp));
        expect(readBatchHeader(after, 0)).toEqual({
          ...header,
          batchLength: after.length - 12,
          sizeBytes: after.length,
          crc: readBatchHeader(after, 0).crc,
          attributes: header.attributes | (horizon === null ? 0 : 0x40),
          deleteHorizon: horizon !== null,
          baseTimestamp: horizon ?? header.baseTimestamp,
          maxTimestamp: given.timestampType === "LogAppendTime" ? header.maxTimestamp : newest,
          recordCount: kept.length,
        });
      }),
    );
  });

  it("keeps its horizon when more of it goes", () => {
    const batch = buildBatch({ records: [1, 2, 3].map((timestamp) => ({ timestamp, key: Buffer.from(`${timestamp}`) })) });
    const first = retained(batch, (index) => index > 0, 5_000);
    const second = retained(first, (index) => index > 0);
    expect(readBatchHeader(second, 0)).toMatchObject({ deleteHorizon: true, baseTimestamp: 5_000, maxTimestamp: 3, lastOffset: 2 });
    expect(Array.from(records(second), ({ offset, timestamp }) => [offset, timestamp])).toEqual([[2, 3]]);
  });

  it("may be a marker with a horizon", () => {
    const marker = controlBatch({ type: "COMMIT", producerId: 3, producerEpoch: 1, coordinatorEpoch: 7, timestamp: 9, baseOffset: 5 });
    const after = retained(marker, () => true, 77);
    expect(readBatchHeader(after, 0)).toMatchObject({ control: true, deleteHorizon: true, baseTimestamp: 77, maxTimestamp: 9 });
    expect(Array.from(records(after))).toEqual(Array.from(records(marker)));
  });
});

it("scans what iterating gives", () => {
  fc.assert(
    fc.property(input, (given) => {
      const batch = buildBatch(given);
      const scan = new RecordScan(batch, 0, readBatchHeader(batch, 0));
      for (const { offset, key, value } of records(batch)) {
        expect(scan.next()).toBe(true);
        expect([scan.offset, scan.hasValue, scan.keyBytes]).toEqual([offset, value !== null, key?.length ?? -1]);
        if (key) expect(Buffer.compare(scan.bytes.subarray(scan.keyStart, scan.keyStart + scan.keyBytes), key)).toBe(0);
      }
      expect(scan.next()).toBe(false);
    }),
  );
});

it("stops at damage", () => {
  const batch = buildBatch({ records: [{ key: Buffer.from("key"), value: Buffer.from("value") }] });
  for (let at = 61; at < batch.length; at++) {
    for (const value of [0, 0x7f, 0xff]) {
      const damaged = batch.slice();
      damaged[at] = value;
      const scan = new RecordScan(damaged, 0, readBatchHeader(damaged, 0));
      try {
        while (scan.next()) expect(scan.recordEnd).toBeLessThanOrEqual(scan.end);
      } catch (error) {
        expect((error as Error).name).toBe("RecordsError");
      }
    }
  }
});

it("leaves a batch without records where nothing is left", () => {
  const batch = emptyBatch({ baseOffset: 1_000, lastOffset: 3_000, leaderEpoch: 4 });
  expect(checkStoredBatch(batch, 0, batch.length)).toBeUndefined();
  const absent = { baseTimestamp: -1, maxTimestamp: -1, producerId: -1, producerEpoch: -1, baseSequence: -1 };
  expect(readBatchHeader(batch, 0)).toMatchObject({ baseOffset: 1_000, lastOffset: 3_000, leaderEpoch: 4, recordCount: 0, ...absent });
  expect(Array.from(records(batch))).toEqual([]);
});
