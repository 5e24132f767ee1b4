// Small batches, each in a journal group of its own, as coordinators write them: after a crash many are read at once.
import { expect, it } from "vitest";
import { appendTo, expectBatches, orders, readAll } from "./testing/batches.js";
import { countingOwner, memoryMedia, openWorld } from "./testing/world.js";

it("reads many batches of one log at once, with others' between them", async () => {
  const world = await openWorld(memoryMedia());
  const mine = await world.store.open(orders(0), countingOwner());
  const others = await world.store.open(orders(1), countingOwner());
  const batches: Uint8Array[] = [];
  for (let i = 0; i < 6; i++) {
    batches.push(await appendTo(mine, { valueBytes: 100 + i }));
    await appendTo(others, { valueBytes: 1_000 });
  }
  await world.crash();

  const log = await world.store.open(orders(0), countingOwner());
  expectBatches(await readAll(log, 0), batches);
  const { journalReads, segmentReads } = world.store.stats();
  expect({ segmentReads, journalReads }).toEqual({ segmentReads: 0, journalReads: 1 });
  await world.close();
});
