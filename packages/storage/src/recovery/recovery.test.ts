// What a log and its owner find after a restart, or after a write that failed.
import { DiskError } from "@moldau/env";
import { describe, expect, it } from "vitest";
import type { Log, RecoveredProducers } from "../log/log.js";
import { appendTo, batchAt, CLICKS, clicks, expectBatches, orders, readAll, type SampleBatch } from "../log/testing/batches.js";
import { countingOwner, memoryMedia, openWorld, type World } from "../log/testing/world.js";

/** A producer that sends one batch after another. */
function producer(producerId: number) {
  let sent = 0;
  return (): SampleBatch => ({ valueBytes: 2_000, producer: { producerId, producerEpoch: 3, baseSequence: sent++ } });
}

/** Sequence numbers of the producer's batches in the tail. */
const sequences = ({ tail }: RecoveredProducers, producerId: number) =>
  tail.filter((facts) => facts.producerId === producerId).map(({ baseSequence }) => baseSequence);

const consolidated = async (world: World, log: Log, sample: () => SampleBatch) => {
  const before = world.store.stats().consolidationRounds;
  while (world.store.stats().consolidationRounds === before) await appendTo(log, sample());
};

describe("recovery", () => {
  it("gives a log's owner the facts of all batches in the journal", async () => {
    const world = await openWorld(memoryMedia());
    const log = await world.store.open(orders(0), countingOwner());
    const next = producer(7);
    for (let i = 0; i < 5; i++) await appendTo(log, next());
    await world.crash();
    const { recovered } = await world.store.open(orders(0), countingOwner());
    expect(recovered.producers).toHaveLength(0);
    expect(recovered.producersThrough).toBe(0);
    expect(sequences(recovered, 7)).toEqual([0, 1, 2, 3, 4]);
    expect(recovered.tail[2]).toEqual({
      baseOffset: 2,
      lastOffset: 2,
      maxTimestamp: 1_002,
      producerId: 7,
      producerEpoch: 3,
      baseSequence: 2,
      attributes: 0,
    });
    await world.close();
  });

  it("gives the owner's own state where consolidation has asked for it, and the facts after it", async () => {
    const world = await openWorld(memoryMedia());
    const owner = countingOwner((through) => Buffer.from(`through ${through}`));
    const log = await world.store.open(orders(0), owner);
    const next = producer(7);
    await consolidated(world, log, next);
    const end = log.endOffset;
    await world.crash();
    const { recovered } = await world.store.open(orders(0), countingOwner());
    const { producersThrough } = recovered;
    expect(producersThrough).toBeGreaterThan(0);
    expect(Buffer.from(recovered.producers).toString()).toBe(`through ${producersThrough}`);
    expect(sequences(recovered, 7)).toEqual(Array.from({ length: end - producersThrough }, (_, i) => producersThrough + i));
    await world.close();
  });

  it("forgets no producer of a log that is consolidated before anyone opens it", async () => {
    const world = await openWorld(memoryMedia());
    const log = await world.store.open(orders(0), countingOwner());
    const next = producer(7);
    for (let i = 0; i < 6; i++) await appendTo(log, next());
    // Restarts during which only another log is used: its batches push those of the first into extents.
    for (let restart = 0; restart < 2; restart++) {
      await world.crash();
      const other = await world.store.open(clicks(restart), countingOwner());
      for (let rounds = 0; rounds < 4; rounds++) await consolidated(world, other, () => ({ valueBytes: 3_000 }));
    }
    await world.crash();
    const { recovered } = await world.store.open(orders(0), countingOwner());
    expect(recovered.producersThrough).toBe(0);
    expect(sequences(recovered, 7)).toEqual([0, 1, 2, 3, 4, 5]);
    await world.close();
  });

  it("takes back what a failed write would have stored, and goes on from the high watermark", async () => {
    const media = memoryMedia();
    const world = await openWorld(media);
    const owner = countingOwner();
    const log = await world.store.open(orders(0), owner);
    const next = producer(7);
    const batches = [await appendTo(log, next())];
    media.disk().options.beforeWrite = () => {
      throw new DiskError("EIO", "/data/journal", "unplugged");
    };
    await expect(failing(log, next)).rejects.toThrow("unplugged");
    delete media.disk().options.beforeWrite;
    expect(owner.rollBacks).toBe(1);
    expect([log.endOffset, log.highWatermark]).toEqual([1, 1]);
    expect(log.epochs).toEqual([{ epoch: 0, startOffset: 0 }]);
    expect(sequences(log.recovered, 7)).toEqual([0]);

    batches.push(await appendTo(log));
    expect(world.events.map(({ kind }) => kind)).toEqual(["recovered", "failing", "healed"]);
    await world.crash();
    expectBatches(await readAll(await world.store.open(orders(0), countingOwner()), 0), batches);
    await world.close();
  });

  it("passes over batches of topics that are no more, and deletes what extents hold of them", async () => {
    const media = memoryMedia();
    const world = await openWorld(media);
    const log = await world.store.open(orders(0), countingOwner());
    const gone = await world.store.open(clicks(9), countingOwner());
    const batch = await appendTo(log);
    await consolidated(world, gone, () => ({ valueBytes: 3_000 }));
    world.dead.add(CLICKS);
    const swept = world.reported("swept");
    await world.crash();
    expect(await swept).toMatchObject({ topics: 1 });
    expect(await media.catalog.extents.row(clicks(9))).toBeUndefined();

    await world.crash();
    expectBatches(await readAll(await world.store.open(orders(0), countingOwner()), 0), [batch]);
    await world.close();
  });

  it("deletes segments that a crash has left without extents", async () => {
    const media = memoryMedia();
    const world = await openWorld(media);
    const log = await world.store.open(orders(0), countingOwner());
    const { commit } = media.catalog.extents;
    media.catalog.extents.commit = () => new Promise(() => {});
    let orphans: readonly string[] = [];
    for (; orphans.length === 0; orphans = await segmentFiles()) await appendTo(log, { valueBytes: 3_000 });
    media.catalog.extents.commit = commit;
    const swept = world.reported("swept");
    await world.crash();
    expect(await swept).toMatchObject({ segments: orphans.length });
    const left = await segmentFiles();
    expect(left.filter((name) => orphans.includes(name))).toEqual([]);
    // What the new life has consolidated since stays.
    for (const name of left) expect(await media.catalog.extents.hasSegment(Number.parseInt(name, 16))).toBe(true);
    await world.close();

    async function segmentFiles() {
      const folders = await media.disk().list("/data/segments");
      const names = await Promise.all(folders.map(({ name }) => media.disk().list(`/data/segments/${name}`)));
      return names.flat().map(({ name }) => name);
    }
  });
});

/** Batches of a later epoch that are not durable in the end. */
async function failing(log: Log, next: () => SampleBatch): Promise<void> {
  const appended = [0, 1].map(() => log.append(batchAt(log.endOffset, { ...next(), leaderEpoch: 5 })));
  for (const one of appended) await one;
}
