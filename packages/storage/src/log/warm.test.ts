// What was consolidated lately is served from memory until its slabs are used again.
import { expect, it } from "vitest";
import { appendTo, expectBatches, orders, readAll, taken } from "./testing/batches.js";
import { countingOwner, memoryMedia, openWorld } from "./testing/world.js";

it("reads what is in extents from slabs, and from segments when the slabs are gone", async () => {
  const world = await openWorld(memoryMedia());
  const log = await world.store.open(orders(0), countingOwner());
  const batches: Uint8Array[] = [];
  const inExtents = () => {
    const { consolidatedBytes, promotedBytes } = world.store.stats();
    return Math.floor((consolidatedBytes + promotedBytes) / (batches[0]?.length ?? 1));
  };
  while (inExtents() < 100) batches.push(await appendTo(log, { valueBytes: 3_000 }));

  const from = inExtents() - 4;
  const slice = log.read(from, { maxBytes: 4 * 3_100, atLeastOne: true, below: log.highWatermark });
  expect(slice).not.toBeInstanceOf(Promise);
  expectBatches(taken(await slice), batches.slice(from, from + 4));
  expect(world.store.stats().segmentReads).toBe(0);

  expectBatches(await readAll(log, 0), batches);
  expect(world.store.stats().segmentReads).toBeGreaterThan(0);
  await world.close();
});
