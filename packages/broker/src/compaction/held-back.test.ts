import { partitionIndex, topicId } from "@moldau/std";
import { CorruptionError, StorageError } from "@moldau/storage";
import { expect, it } from "vitest";
import { heldBack } from "./held-back.js";

const log = { topicId: topicId("t"), index: partitionIndex(0) };
const other = { ...log, index: partitionIndex(1) };
const failure = new StorageError("io", "the disk fails");

it("a log that failed rests twice as long each time, and an hour at most", () => {
  const held = heldBack();
  const rests = [];
  let nowMs = 0;
  for (let i = 0; i < 10; i++) {
    held.failed(log, failure, nowMs);
    const beganMs = nowMs;
    while (held.isUncleanable(log, nowMs)) nowMs += 1_000;
    rests.push((nowMs - beganMs) / 1_000);
  }
  expect(rests).toEqual([15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
  expect([held.isUncleanable(other, 0), held.uncleanableCount()]).toEqual([false, 1]);
  held.succeeded(log);
  held.failed(log, failure, 0);
  expect([held.isUncleanable(log, 14_999), held.isUncleanable(log, 15_000)]).toEqual([true, false]);
});

it("a damaged log rests until the next start", () => {
  const held = heldBack();
  held.failed(log, new CorruptionError("segments/1", 5, "a batch's checksum is wrong"), 0);
  expect(held.isUncleanable(log, 1e15)).toBe(true);
  held.retain(() => false);
  expect([held.isUncleanable(log, 0), held.uncleanableCount()]).toEqual([false, 0]);
});

it("a log of which nothing could be compacted is tried again after a rest, when its limits have changed", () => {
  const held = heldBack();
  held.exhausted(log, "here", 0, 1_000);
  expect([held.isExhausted(log, "here", 999), held.isExhausted(log, "there", 999)]).toEqual([true, true]);
  expect([held.isExhausted(log, "here", 1_000), held.isExhausted(log, "there", 1_000)]).toEqual([true, false]);
  expect([held.isExhausted(log, "here", 300_000), held.isExhausted(other, "here", 0)]).toEqual([false, false]);
  expect(held.uncleanableCount()).toBe(0);
});
