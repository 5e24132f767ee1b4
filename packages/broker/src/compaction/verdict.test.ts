import { expect, it } from "vitest";
import { type CompactionConfig, dirtyRatio, isDirtyEnough, isWorthConsolidating } from "./verdict.js";

const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;
const CONFIG: CompactionConfig = {
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.MAX_SAFE_INTEGER,
  segmentBytes: 1_000,
  segmentMs: 7 * DAY_MS,
};
const dirt = (cleanBytes: number, dirtyBytes: number, journalBytes = 0) => ({
  cleanedThrough: 0,
  cleanBytes,
  dirtyBytes,
  extentsEnd: 10,
  journalBytes,
  journalTimestamp: NOW,
});

it("a log is dirty by the share of what was not compacted; one that holds nothing is clean", () => {
  expect([dirtyRatio(dirt(0, 0)), dirtyRatio(dirt(30, 10)), dirtyRatio(dirt(0, 1))]).toEqual([0, 0.25, 1]);
});

it.each([
  ["more than the ratio", dirt(10, 11), CONFIG, undefined, true],
  ["the ratio itself, which is not more", dirt(10, 10), CONFIG, undefined, false],
  ["a record that has waited too long", dirt(99, 1), { ...CONFIG, maxCompactionLagMs: DAY_MS }, NOW - DAY_MS - 1, true],
  ["a record that has waited long, but not too long", dirt(99, 1), { ...CONFIG, maxCompactionLagMs: DAY_MS }, NOW - DAY_MS, false],
  ["any dirt, when the ratio is 0", dirt(99, 1), { ...CONFIG, minCleanableDirtyRatio: 0 }, undefined, true],
  ["no dirt", dirt(99, 0), { ...CONFIG, minCleanableDirtyRatio: 0 }, NOW - DAY_MS, false],
])("dirty enough? %s", (_, of, config, oldestMs, expected) => {
  expect(isDirtyEnough(of, config, oldestMs, NOW)).toBe(expected);
});

it.each([
  ["as much as a segment", dirt(0, 0, 1_000), CONFIG, NOW, true],
  ["less than a segment", dirt(0, 0, 999), CONFIG, NOW, false],
  ["old records", dirt(0, 0, 1), CONFIG, NOW - 7 * DAY_MS, true],
  ["younger ones", dirt(0, 0, 1), CONFIG, NOW - 7 * DAY_MS + 1, false],
  ["records that wait no longer", dirt(0, 0, 1), { ...CONFIG, maxCompactionLagMs: DAY_MS }, NOW - DAY_MS, true],
  ["much, but the log is larger still", dirt(2_000, 0, 1_000), CONFIG, NOW, false],
  ["nothing", dirt(0, 10), CONFIG, 0, false],
])("worth a consolidation? %s", (_, of, config, oldestMs, expected) => {
  expect(isWorthConsolidating(of, config, oldestMs, NOW)).toBe(expected);
});
