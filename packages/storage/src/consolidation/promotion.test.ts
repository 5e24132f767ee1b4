// Journal files that become segments where they lie: what is written, what is read back, and what a crash at any step leaves.
import { type Disk, DiskError, type DiskFile, type MemoryDisk } from "@moldau/env";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directoryBlobs } from "../blobs/directory-blobs.js";
import type { DirectoryLimits } from "../directory/open-directory.js";
import type { Log } from "../log/log.js";
import { appendTo, batchAt, expectBatches, orders, readAll } from "../log/testing/batches.js";
import { countingOwner, type MemoryMedia, memoryMedia, openWorld, type World } from "../log/testing/world.js";
import { verifySegment } from "../segments/verify-segment.js";

const KIB = 1024;
/** Four large batches fill a file of the journal. */
const limits: Partial<DirectoryLimits> = {
  journalFileBytes: 32 * KIB,
  consolidateBytes: 48 * KIB,
  ownSegmentBytes: 4 * KIB,
  tailBytes: 96 * KIB,
  slabBytes: 32 * KIB,
};
const LARGE = { valueBytes: 7 * KIB - 100 };

const open = (world: World, index = 0) => world.store.open(orders(index), countingOwner());
const names = async (disk: Disk, directory: string) => (await disk.list(directory)).map(({ name }) => name);

async function segmentPaths(disk: Disk): Promise<string[]> {
  const folders = await names(disk, "/data/segments");
  const paths = await Promise.all(
    folders.map(async (folder) => (await names(disk, `/data/segments/${folder}`)).map((name) => `${folder}/${name}`)),
  );
  return paths.flat().map((path) => `/data/segments/${path}`);
}

/** Every byte that extents refer to is what was written. */
async function verifyAll(disk: MemoryDisk): Promise<number> {
  let runs = 0;
  for (const path of await segmentPaths(disk)) {
    const id = Number.parseInt(path.slice(-16), 16);
    for await (const _ of verifySegment(directoryBlobs({ disk, directory: "/data" }), id)) runs++;
  }
  return runs;
}

async function appendUntil(world: World, log: Log, enough: () => boolean): Promise<Uint8Array[]> {
  const batches: Uint8Array[] = [];
  while (!enough()) {
    await world.store.admit(LARGE.valueBytes);
    batches.push(await appendTo(log, LARGE));
  }
  return batches;
}

const promoted = (world: World, files: number) => () => world.store.stats().promotedFiles >= files;

describe("a journal file full of large runs", () => {
  it("becomes a segment, and its bytes are written once", async () => {
    const media = memoryMedia();
    const world = await openWorld(media, {
      limits: { ...limits, journalFileBytes: 64 * KIB, consolidateBytes: 64 * KIB, tailBytes: 192 * KIB },
    });
    let written = 0;
    media.disk().options.beforeWrite = (_path, _position, parts) => {
      written += parts.reduce((sum, { length }) => sum + length, 0);
    };
    const log = await open(world);
    const batches = await appendUntil(world, log, promoted(world, 10));
    expectBatches(await readAll(log, 0), batches);
    const bytes = batches.reduce((sum, { length }) => sum + length, 0);
    // The pages of a group, and for each file a footer, a mark and a header.
    expect(written).toBeLessThan(bytes * 1.7);
    expect(world.store.stats().consolidatedBytes).toBe(0);
    expect(await verifyAll(media.disk())).toBeGreaterThanOrEqual(10);
    expect((await names(media.disk(), "/data/journal")).length).toBeLessThanOrEqual(4);
    await world.crash();
    expectBatches(await readAll(await open(world), 0), batches);
    await world.close();
  });

  it("keeps only what its large runs are; what is small goes to a segment of its own", async () => {
    const media = memoryMedia();
    const world = await openWorld(media, { limits });
    const logs = [await open(world, 0), await open(world, 1), await open(world, 2)];
    const batches: Uint8Array[][] = [[], [], []];
    while (!promoted(world, 5)()) {
      for (const [index, log] of logs.entries()) batches[index]?.push(await appendTo(log, { valueBytes: index === 1 ? 20 : 5_000 }));
    }
    expect(world.store.stats().consolidatedBytes).toBeGreaterThan(0);
    await world.crash();
    for (const index of [0, 1, 2]) expectBatches(await readAll(await open(world, index), 0), batches[index] ?? []);
    const extents = await media.catalog.extents.find(orders(0), 0, 100);
    expect(extents.some(({ chunkCount }) => chunkCount > 1)).toBe(true);
    expect(await verifyAll(media.disk())).toBeGreaterThan(5);
    await world.close();
  });

  it("is deleted when nothing refers to it", async () => {
    const media = memoryMedia();
    const world = await openWorld(media, { limits });
    const log = await open(world);
    await appendUntil(world, log, promoted(world, 3));
    const before = (await segmentPaths(media.disk())).length;
    await log.trim(log.highWatermark);
    await world.restart();
    expect((await segmentPaths(media.disk())).length).toBeLessThan(before - 1);
    await world.close();
  });

  it("is copied as ever where batches are small and lie in turns", async () => {
    const world = await openWorld(memoryMedia(), { limits: { ...limits, promotedStretchBytes: 4 * KIB } });
    const logs = [await open(world, 0), await open(world, 1)];
    for (let i = 0; i < 60; i++) await Promise.all(logs.map((log) => appendTo(log, { valueBytes: 900 })));
    expect(world.store.stats()).toMatchObject({ promotedFiles: 0 });
    expect(world.store.stats().consolidatedBytes).toBeGreaterThan(0);
    await world.close();
  });

  it("is copied as ever where a file has one name only", async () => {
    const media = memoryMedia();
    const world = await openWorld({ ...media, openDisk: () => ({ ...media.openDisk(), link: refuse }) }, { limits });
    const log = await open(world);
    const batches: Uint8Array[] = [];
    while (world.store.stats().consolidationRounds < 4) batches.push(await appendTo(log, LARGE));
    expect(world.store.stats().promotedFiles).toBe(0);
    expectBatches(await readAll(log, 0), batches);
    await world.close();

    function refuse(path: string): Promise<void> {
      return Promise.reject(new DiskError("EPERM", path, "no links here"));
    }
  });

  it("is tried again as the same segment when the disk fails on the way", async () => {
    const media = memoryMedia();
    let failures = 0;
    const flaky = (disk: Disk): Disk => ({
      ...disk,
      link: async (from, to) => {
        if (failures++ < 2) throw new DiskError("EIO", from, "broken");
        await disk.link(from, to);
      },
    });
    const world = await openWorld({ ...media, openDisk: () => flaky(media.openDisk()) }, { limits });
    const log = await open(world);
    const batches = await appendUntil(world, log, promoted(world, 2));
    expect(world.events.map(({ kind }) => kind)).toContain("healed");
    await world.crash();
    expectBatches(await readAll(await open(world), 0), batches);
    expect((await segmentPaths(media.disk())).length).toBe((await media.catalog.extents.find(orders(0), 0, 100)).length);
    await world.close();
  });
});

/** Where a run of calls is cut off: before that many of them were done, or right after. */
interface Cut {
  readonly calls: number;
  readonly done: boolean;
}

/** Media whose calls that change something end at the cut: the broker waits for the next one for ever. */
function cutAt(media: MemoryMedia, cut: Cut) {
  let calls = 0;
  let reached = () => {};
  const wasCut = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const step = async <Result>(action: () => Promise<Result>): Promise<Result> => {
    calls++;
    if (calls < cut.calls) return action();
    if (calls === cut.calls && cut.done) await action();
    reached();
    return new Promise(() => {});
  };
  const file = (one: DiskFile): DiskFile => ({
    ...one,
    write: (parts, position) => step(() => one.write(parts, position)),
    truncate: (sizeBytes) => step(() => one.truncate(sizeBytes)),
    sync: () => step(() => one.sync()),
    close: () => step(() => one.close()),
  });
  const disk = (one: Disk): Disk => ({
    ...one,
    open: async (path, options) => file(await one.open(path, options)),
    link: (from, to) => step(() => one.link(from, to)),
    remove: (path) => step(() => one.remove(path)),
    syncDirectory: (path) => step(() => one.syncDirectory(path)),
  });
  const { extents } = media.catalog;
  return {
    wasCut,
    get calls() {
      return calls;
    },
    media: {
      ...media,
      openDisk: () => disk(media.openDisk()),
      openCatalog: async () => ({
        ...media.catalog,
        extents: { ...extents, commit: (one: Parameters<typeof extents.commit>[0]) => step(() => extents.commit(one)) },
      }),
    },
  };
}

describe("a crash while a file becomes a segment", () => {
  it("at any step loses nothing, doubles nothing, and leaves no name behind", async () => {
    const seen = { cuts: 0, promotedBefore: 0 };
    for (const done of [false, true]) {
      for (let calls = 5; ; calls++) {
        const media = memoryMedia();
        const cut = cutAt(media, { calls, done });
        const world = await openWorld(cut.media, { limits });
        const log = await open(world);
        const acknowledged: Uint8Array[] = [];
        const load = async () => {
          while (!promoted(world, 3)()) {
            await world.store.admit(LARGE.valueBytes);
            acknowledged.push(await appendTo(log, LARGE));
          }
        };
        if ((await Promise.race([load().then(() => "ended"), cut.wasCut.then(() => "cut")])) === "ended") break;
        seen.cuts++;
        seen.promotedBefore += world.store.stats().promotedFiles;
        await checkAfter(media, acknowledged);
      }
    }
    expect(seen.cuts).toBeGreaterThan(60);
    expect(seen.promotedBefore).toBeGreaterThan(20);
  }, 60_000);

  /** The next life finds what was acknowledged, goes round the ring, and finds it still. */
  async function checkAfter(media: MemoryMedia, acknowledged: readonly Uint8Array[]): Promise<void> {
    const world = await openWorld(media, { limits });
    const log = await open(world);
    const found = await readAll(log, 0);
    expectBatches(
      found.subarray(
        0,
        acknowledged.reduce((sum, { length }) => sum + length, 0),
      ),
      acknowledged,
    );
    const unacknowledged = found.length - acknowledged.reduce((sum, { length }) => sum + length, 0);
    expect([0, batchAt(0, LARGE).length]).toContain(unacknowledged);
    const added = await appendUntil(world, log, promoted(world, 6));
    expectBatches(await readAll(log, acknowledged.length + (unacknowledged > 0 ? 1 : 0)), added);
    expectBatches((await readAll(log, 0)).subarray(0, found.length), [found]);
    await world.restart();
    const again = await open(world);
    expect((await readAll(again, 0)).length).toBe(found.length + added.reduce((sum, { length }) => sum + length, 0));
    await verifyAll(media.disk());
    await world.close();
    const disk = media.disk();
    const segments = new Set((await segmentPaths(disk)).map((path) => disk.bytesOf(path).buffer));
    for (const name of await names(disk, "/data/journal")) expect(segments.has(disk.bytesOf(`/data/journal/${name}`).buffer)).toBe(false);
  }
});

describe("any layout of batches in groups", () => {
  it("is read back as it was appended, promoted or not", async () => {
    const batch = fc.record({ partition: fc.nat(2), valueBytes: fc.oneof(fc.nat(200), fc.integer({ min: 1_000, max: 9_000 })) });
    let promotedFiles = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(batch, { minLength: 1, maxLength: 6 }), { minLength: 10, maxLength: 40 }), async (turns) => {
        const media = memoryMedia();
        const world = await openWorld(media, { limits: { ...limits, promotedShare: 0.2 } });
        const logs = [await open(world, 0), await open(world, 1), await open(world, 2)];
        const written: Uint8Array[][] = [[], [], []];
        for (const turn of turns) {
          const waits: Promise<void>[] = [];
          for (const { partition, valueBytes } of turn) {
            const log = logs[partition];
            if (!log) continue;
            await world.store.admit(valueBytes + 100);
            const bytes = batchAt(log.endOffset, { valueBytes });
            written[partition]?.push(bytes);
            waits.push(log.append(bytes));
          }
          await Promise.all(waits);
        }
        promotedFiles += world.store.stats().promotedFiles;
        await world.crash();
        for (const index of [0, 1, 2]) expectBatches(await readAll(await open(world, index), 0), written[index] ?? []);
        await verifyAll(media.disk());
        await world.close();
      }),
      { numRuns: 25, interruptAfterTimeLimit: 20_000 },
    );
    expect(promotedFiles).toBeGreaterThan(10);
  }, 60_000);
});
