import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Log } from "./log.js";
import { appendTo, orders } from "./testing/batches.js";
import { countingOwner, memoryMedia, openWorld, type World } from "./testing/world.js";

/** Batches of three records; the timestamps of one batch are not in order, and the whole is only roughly so. */
const timestampsOf = (batch: number): number[] => [batch * 10 + 4, batch * 10 + 9, batch * 10 + 1];
const BATCHES = 60;
const ALL = Array.from({ length: BATCHES }, (_, i) => timestampsOf(i)).flat();

describe("search by timestamp", () => {
  let world: World;
  let log: Log;
  beforeEach(async () => {
    // Some batches lie in segments of several chunks' worth, some in the tail.
    world = await openWorld(memoryMedia(), { limits: { consolidateBytes: 128 * 1024 } });
    log = await world.store.open(orders(0), countingOwner());
    for (let i = 0; i < BATCHES; i++) await appendTo(log, { timestamps: timestampsOf(i), valueBytes: 1_500, leaderEpoch: 2 });
    expect(world.store.stats().consolidationRounds).toBeGreaterThan(0);
  });
  afterEach(() => world.close());

  const firstAtLeast = (timestamp: number, from = 0) => {
    const offset = ALL.findIndex((at, i) => i >= from && at >= timestamp);
    return offset < 0 ? undefined : { offset, timestamp: ALL[offset], leaderEpoch: 2 };
  };
  const largest = (from = 0) => {
    const max = Math.max(...ALL.slice(from));
    return { offset: ALL.indexOf(max, from), timestamp: max, leaderEpoch: 2 };
  };

  it("finds the first record that is no older, wherever it lies", async () => {
    for (const timestamp of [-5, 0, 1, 4, 5, 9, 10, 77, 300, 455, 593, 599]) {
      expect(await log.findTimestamp(timestamp), `timestamp ${timestamp}`).toEqual(firstAtLeast(timestamp));
    }
    expect(await log.findTimestamp(600)).toBeUndefined();
  });

  it("finds the record with the largest timestamp", async () => {
    expect(await log.findMaxTimestamp()).toEqual(largest());
    await appendTo(log, { timestamps: [20_000, 3], leaderEpoch: 2 });
    await appendTo(log, { timestamps: [5, 20_000], leaderEpoch: 2 });
    expect(await log.findMaxTimestamp()).toEqual({ offset: ALL.length, timestamp: 20_000, leaderEpoch: 2 });
  });

  it("sees no record before the log start, though its batch is still there", async () => {
    for (const from of [1, 2, 50, 100, 178, 179]) {
      await log.trim(from);
      expect(await log.findTimestamp(0), `from ${from}`).toEqual(firstAtLeast(0, from));
      expect(await log.findMaxTimestamp(), `from ${from}`).toEqual(largest(from));
    }
    await appendTo(log, { timestamps: [900, 30_000], leaderEpoch: 2 });
    await appendTo(log, { timestamps: [5], leaderEpoch: 2 });
    await log.trim(181);
    expect(await log.findMaxTimestamp()).toEqual({ offset: 181, timestamp: 30_000, leaderEpoch: 2 });
    await log.trim(183);
    expect(await log.findTimestamp(0)).toBeUndefined();
    expect(await log.findMaxTimestamp()).toBeUndefined();
  });
});
