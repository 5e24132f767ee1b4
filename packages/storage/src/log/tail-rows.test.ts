import { expect, it } from "vitest";
import { tailRows } from "./tail-rows.js";
import { orders } from "./testing/batches.js";

const entry = (baseOffset: number) => ({
  partition: orders(0),
  baseOffset,
  lastOffset: baseOffset + 4,
  leaderEpoch: 7,
  maxTimestamp: 1_700_000_000_123,
  recordCount: 5,
  producerId: 2 ** 40,
  producerEpoch: 3,
  baseSequence: 11,
  attributes: 16,
  position: 4_096,
  lengthBytes: 300,
});

it("gives back what was added", () => {
  const rows = tailRows();
  const row = rows.add(entry(2 ** 45), 99);
  expect(rows.facts(row)).toEqual({
    baseOffset: 2 ** 45,
    lastOffset: 2 ** 45 + 4,
    maxTimestamp: 1_700_000_000_123,
    producerId: 2 ** 40,
    producerEpoch: 3,
    baseSequence: 11,
    attributes: 16,
  });
  expect([rows.group(row), rows.position(row), rows.lengthBytes(row), rows.recordCount(row), rows.leaderEpoch(row)]).toEqual([
    99, 4_096, 300, 5, 7,
  ]);
});

it("uses the memory of freed rows again, and never that of rows in use", () => {
  const rows = tailRows();
  const kept = rows.add(entry(1), 1);
  for (let round = 0; round < 50; round++) {
    const numbers = Array.from({ length: 3_000 }, (_, i) => rows.add(entry(i), round));
    for (const number of numbers) rows.free(number);
  }
  expect(rows.baseOffset(kept)).toBe(1);
  expect(rows.count).toBe(1);
  expect(rows.sizeBytes).toBeLessThan(6 * 1_024 * 68);
});

it("takes 68 bytes a row", () => {
  const rows = tailRows();
  for (let i = 0; i < 100_000; i++) rows.add(entry(i), i);
  expect(rows.sizeBytes / rows.count).toBeLessThan(69);
});

it("refuses to free a row twice", () => {
  const rows = tailRows();
  const row = rows.add(entry(0), 1);
  rows.free(row);
  expect(() => rows.free(row)).toThrow("freed once");
});
