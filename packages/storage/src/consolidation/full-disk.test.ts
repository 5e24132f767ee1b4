// A disk that fills up: producers are told, readers are not, and all is well when space returns.
import { DiskError } from "@moldau/env";
import { expect, it } from "vitest";
import type { Log } from "../log/log.js";
import { batchAt, expectBatches, orders, readAll } from "../log/testing/batches.js";
import { countingOwner, memoryMedia, openWorld, smallLimits, type World } from "../log/testing/world.js";

const KIB = 1024;
const BATCH_BYTES = 3_000;

/** Appends as a producer does, waiting for room; gives the batch. */
async function produce(world: World, log: Log): Promise<Uint8Array> {
  await world.store.admit(BATCH_BYTES);
  const batch = batchAt(log.endOffset, { valueBytes: BATCH_BYTES - 80 });
  await log.append(batch);
  return batch;
}

it.each([
  { way: "copied", promotedShare: 2, failing: "consolidation" },
  { way: "promoted", promotedShare: 0.3, failing: "journal" },
])("refuses appends with 'full', serves reads, and heals; files are $way", async ({ promotedShare, failing }) => {
  const media = memoryMedia({ capacityBytes: 700 * KIB });
  const world = await openWorld(media, { limits: { patienceMs: 100, journalFileBytes: 64 * KIB, promotedShare } });
  const log = await world.store.open(orders(0), countingOwner());
  const batches: Uint8Array[] = [];
  const fill = async () => {
    for (;;) batches.push(await produce(world, log));
  };
  await expect(fill()).rejects.toMatchObject({ name: "StorageError", kind: "full" });
  expect(world.events).toContainEqual(expect.objectContaining({ kind: "failing", what: failing }));
  expectBatches(await readAll(log, 0), batches);

  const healed = world.reported("healed");
  media.disk().options.capacityBytes = 100 * KIB * KIB;
  // The journal is tried again with the next append, and a disk that was full is left alone for a moment.
  const retried = async () => {
    for (;;) {
      try {
        return batches.push(await produce(world, log));
      } catch (error) {
        expect(error).toMatchObject({ kind: "full" });
      }
    }
  };
  await (failing === "journal" ? retried() : healed);
  for (let i = 0; i < 100; i++) batches.push(await produce(world, log));
  expectBatches(await readAll(log, 0), batches);
  await world.crash();
  expectBatches(await readAll(await world.store.open(orders(0), countingOwner()), 0), batches);
  await world.close();
});

it("fills the whole journal while segments alone cannot be written", async () => {
  const media = memoryMedia();
  const world = await openWorld(media, { limits: { patienceMs: 100 } });
  const log = await world.store.open(orders(0), countingOwner());
  media.disk().options.beforeWrite = (path) => {
    if (path.includes(".incoming")) throw new DiskError("EIO", path, "unplugged");
  };
  const batches: Uint8Array[] = [];
  const fill = async () => {
    for (;;) batches.push(await produce(world, log));
  };
  await expect(fill()).rejects.toMatchObject({ kind: "full" });
  expect(Buffer.concat(batches).length).toBeGreaterThan(2 * smallLimits.tailBytes);
  const healed = world.reported("healed");
  delete media.disk().options.beforeWrite;
  await healed;
  batches.push(await produce(world, log));
  expectBatches(await readAll(log, 0), batches);
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
