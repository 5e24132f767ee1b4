// A disk that fills up: producers are told, readers are not, and all is well when space returns.
import { expect, it } from "vitest";
import type { Log } from "../log/log.js";
import { batchAt, expectBatches, orders, readAll } from "../log/testing/batches.js";
import { countingOwner, memoryMedia, openWorld, type World } from "../log/testing/world.js";

const KIB = 1024;

/** Appends as a producer does, waiting for room; gives the batch. */
async function produce(world: World, log: Log): Promise<Uint8Array> {
  const batch = batchAt(log.endOffset, { valueBytes: 3_000 });
  await world.store.admit(batch.length);
  const again = batchAt(log.endOffset, { valueBytes: 3_000 });
  await log.append(again);
  return again;
}

it("refuses appends with 'full', serves reads, and heals", async () => {
  const media = memoryMedia({ capacityBytes: 700 * KIB });
  const world = await openWorld(media, { limits: { patienceMs: 100, journalFileBytes: 64 * KIB } });
  const log = await world.store.open(orders(0), countingOwner());
  const batches: Uint8Array[] = [];
  const fill = async () => {
    for (;;) batches.push(await produce(world, log));
  };
  await expect(fill()).rejects.toMatchObject({ name: "StorageError", kind: "full" });
  expect(world.events).toContainEqual(expect.objectContaining({ kind: "failing", what: "consolidation" }));
  expectBatches(await readAll(log, 0), batches);

  const healed = world.reported("healed");
  media.disk().options.capacityBytes = 100 * KIB * KIB;
  await healed;
  for (let i = 0; i < 100; i++) batches.push(await produce(world, log));
  expectBatches(await readAll(log, 0), batches);
  await world.crash();
  expectBatches(await readAll(await world.store.open(orders(0), countingOwner()), 0), batches);
  await world.close();
});

it("takes appends again when a trim has freed space", async () => {
  const media = memoryMedia({ capacityBytes: 700 * KIB });
  const world = await openWorld(media, { limits: { patienceMs: 100, journalFileBytes: 64 * KIB } });
  const log = await world.store.open(orders(0), countingOwner());
  const fill = async () => {
    for (;;) await produce(world, log);
  };
  await expect(fill()).rejects.toMatchObject({ kind: "full" });
  const kept = log.highWatermark - 1;
  const healed = world.reported("healed");
  await log.trim(kept);
  await healed;
  await produce(world, log);
  expect(log.highWatermark).toBe(kept + 2);
  await world.close();
});
