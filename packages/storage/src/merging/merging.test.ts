// Small segments become larger ones behind, whatever goes on meanwhile.
import { DiskError } from "@moldau/env";
import type { PartitionId } from "@moldau/std";
import { afterEach, describe, expect, it } from "vitest";
import type { ExtentIndex } from "../catalog/catalog.js";
import type { DirectoryLimits } from "../directory/open-directory.js";
import type { Log } from "../log/log.js";
import { appendTo, CLICKS, clicks, expectBatches, orders, readAll } from "../log/testing/batches.js";
import { diskMedia } from "../log/testing/disk-media.js";
import { countingOwner, type Media, type MemoryMedia, memoryMedia, openWorld, type World } from "../log/testing/world.js";

const PARTITIONS = 6;
/** Partitions whose extents one commit replaces. */
const COMMITTED_AT_ONCE = 512;
const limits = { mergeWidth: 4, mergedRunBytes: 1024 * 1024, mergedSegmentBytes: 64 * 1024, ownSegmentBytes: 1024 * 1024 };

/** Turns of the event loop, until it is so. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Logs of two topics, and what was appended to each. */
class Filled {
  readonly world: World;
  readonly partitions: readonly PartitionId[];
  readonly logs: Log[] = [];
  readonly batches: Uint8Array[][];

  constructor(world: World, partitions: readonly PartitionId[]) {
    this.world = world;
    this.partitions = partitions;
    this.batches = partitions.map(() => []);
  }

  async open(): Promise<void> {
    this.logs.length = 0;
    for (const partition of this.partitions) this.logs.push(await this.world.store.open(partition, countingOwner()));
  }

  log(index: number): Log {
    return this.logs[index] as Log;
  }

  /** One segment that all logs share. */
  async round(): Promise<void> {
    await Promise.all(
      this.logs.map(async (log, i) => this.batches[i]?.push(await appendTo(log, { count: 2, valueBytes: 300 + 50 * (i % 12) }))),
    );
    await this.world.store.consolidate();
  }

  async rounds(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.round();
  }

  async expectAll(logs = this.logs.keys()): Promise<void> {
    for (const i of logs) expectBatches(await readAll(this.log(i), this.log(i).logStartOffset), this.batches[i] ?? []);
  }

  merged = (count: number) => until(() => this.world.store.stats().mergeRounds >= count);
}

let filled: Filled;
afterEach(() => filled.world.close());

/** Room for a round of many partitions in memory, and in one segment. */
const ROOMY = {
  ...{ slabBytes: 1024 * 1024, journalFileBytes: 4 * 1024 * 1024, mergedSegmentBytes: 16 * 1024 * 1024 },
  ...{ consolidateBytes: 4 * 1024 * 1024, tailBytes: 8 * 1024 * 1024, roundBytes: 4 * 1024 * 1024, sharedSegmentBytes: 4 * 1024 * 1024 },
  ...{ consolidateBatches: 2_000, roundBatches: 2_000 },
};
const ALL = Array.from({ length: 2 * PARTITIONS }, (_, i) => (i < PARTITIONS ? orders(i) : clicks(i - PARTITIONS)));

async function fill(media: Media, partitions: readonly PartitionId[] = ALL, more: Partial<DirectoryLimits> = {}): Promise<Filled> {
  filled = new Filled(await openWorld(media, { limits: { ...limits, ...more } }), partitions);
  await filled.open();
  return filled;
}

/** What a disk has of segments. */
async function segmentFiles(media: MemoryMedia): Promise<string[]> {
  const folders = await media.disk().list("/data/segments");
  const paths = folders.map(({ name }) => `/data/segments/${name}`);
  return (await Promise.all(paths.map(async (path) => (await media.disk().list(path)).map(({ name }) => `${path}/${name}`)))).flat();
}

describe.each([
  { name: "memory", open: async () => ({ media: memoryMedia(), remove: async () => {} }) },
  {
    name: "a real disk",
    open: async () => {
      const media = await diskMedia();
      return { media, remove: media.remove };
    },
  },
])("merging over $name", ({ open }) => {
  it("makes few segments of many, and readers see no difference", async () => {
    const { media, remove } = await open();
    const { world } = await fill(media);
    await filled.rounds(16);
    await filled.merged(2);
    await filled.expectAll();
    expect(world.store.stats().mergedBytes).toBeGreaterThan(0);
    await world.crash();
    await filled.open();
    await filled.expectAll();
    await filled.rounds(1);
    await filled.expectAll();
    await filled.world.close();
    await remove();
    await fill(memoryMedia());
  });
});

/** Runs when merged segments are written, from now on: that is all but the first segment. */
function onMerge(media: MemoryMedia, action: (path: string) => void): void {
  let consolidated: string | undefined;
  media.disk().options.beforeWrite = (path) => {
    if (!path.includes(".incoming")) return;
    consolidated ??= path;
    if (path !== consolidated) action(path);
  };
}

describe("merging", () => {
  it("leaves few extents of a partition", async () => {
    const media = memoryMedia();
    await fill(media);
    await filled.rounds(40);
    const count = async () => (await media.catalog.extents.find(orders(3), 0, 99)).length;
    await until(async () => (await count()) <= 9);
    await filled.expectAll();
  });

  it("goes on after a start with what it finds", async () => {
    const media = memoryMedia();
    const { world } = await fill(media);
    await filled.rounds(3);
    await world.restart();
    await filled.open();
    expect(world.store.stats().mergeRounds).toBe(0);
    await filled.rounds(1);
    await filled.merged(1);
    await filled.expectAll();
    expect((await media.catalog.extents.find(orders(0), 0, 9)).length).toBe(1);
  });

  it("frees the space of a segment that most of its partitions have left", async () => {
    const media = memoryMedia();
    const { world } = await fill(media);
    await filled.rounds(1);
    const before = await segmentFiles(media);
    await world.store.drop(CLICKS, PARTITIONS);
    await filled.merged(1);
    await until(async () => (await segmentFiles(media)).length === 1);
    const after = await segmentFiles(media);
    expect(after).not.toEqual(before);
    await filled.expectAll(Array.from({ length: PARTITIONS }, (_, i) => i).values());
  });

  it("leaves a damaged segment alone, says so once, and merges the others", async () => {
    const media = memoryMedia();
    const { world } = await fill(media);
    await filled.rounds(3);
    const [path = ""] = await segmentFiles(media);
    const bytes = media.disk().bytesOf(path);
    bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
    await filled.rounds(2);
    await filled.merged(1);
    const told = world.events.filter(({ kind }) => kind === "damaged");
    expect(told).toEqual([{ kind: "damaged", error: expect.objectContaining({ name: "CorruptionError", path }) }]);
    expect(await segmentFiles(media)).toContain(path);
    expect(world.events.some(({ kind }) => kind === "failing")).toBe(false);
    const readable = await Promise.allSettled(filled.logs.map((log) => readAll(log, 1)));
    expect(readable.length).toBe(2 * PARTITIONS);
  });

  it("keeps trimmed what is trimmed while a merge writes, and dropped what is dropped", async () => {
    const media = memoryMedia();
    const { world } = await fill(media);
    await filled.rounds(3);
    let meddled: Promise<unknown> | undefined;
    onMerge(media, () => {
      meddled ??= Promise.all([filled.log(0).trim(5), filled.log(1).trim(8), world.store.drop(CLICKS, PARTITIONS)]);
    });
    await filled.rounds(1);
    await filled.merged(1);
    await meddled;
    expect(meddled).toBeDefined();
    filled.batches[0]?.splice(0, 2);
    filled.batches[1]?.splice(0, 4);
    await filled.expectAll(Array.from({ length: PARTITIONS }, (_, i) => i).values());
    expect(filled.log(1).sizeBytes).toBe(0);
  });

  it("keeps what it writes, though all that is committed of it is deleted before the rest is committed", async () => {
    const media = memoryMedia();
    const { extents } = media.catalog;
    let dropped: Promise<void> | undefined;
    const commit: ExtentIndex["commit"] = async (change) => {
      const unreferenced = await extents.commit(change);
      const [first] = change.changes;
      if (first && first.removed.length > 0 && first.added.length > 0) dropped ??= filled.world.store.drop(CLICKS, COMMITTED_AT_ONCE);
      return unreferenced;
    };
    const openCatalog = async () => ({ ...media.catalog, extents: { ...extents, commit } });
    const many = Array.from({ length: COMMITTED_AT_ONCE }, (_, i) => clicks(i));
    await fill({ ...media, openCatalog }, [orders(0), orders(1), ...many], ROOMY);
    await filled.rounds(4);
    await filled.merged(1);
    await dropped;
    expect(dropped).toBeDefined();
    expect(await extents.find(orders(0), 0, 9)).toHaveLength(1);
    await filled.expectAll([0, 1].values());
  });

  it("fails, tries again and heals where the disk has no room, and nothing else fails with it", async () => {
    const media = memoryMedia();
    const { world } = await fill(media);
    await filled.rounds(3);
    const failing = world.reported("failing");
    onMerge(media, (path) => {
      throw new DiskError("ENOSPC", path, "no space");
    });
    await filled.rounds(1);
    expect(await failing).toMatchObject({ what: "merging", error: { kind: "full" } });
    await filled.expectAll();
    expect(await segmentFiles(media)).toHaveLength(4);
    const healed = world.reported("healed");
    delete media.disk().options.beforeWrite;
    await filled.rounds(1);
    expect(await healed).toMatchObject({ what: "merging" });
    await filled.expectAll();
  });
});
