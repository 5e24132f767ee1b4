// Retention over real logs: what goes is gone for good, from disk too, and nothing else is.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Log } from "../log/log.js";
import { appendTo, batchAt, expectBatches, orders, readAll } from "../log/testing/batches.js";
import { diskMedia } from "../log/testing/disk-media.js";
import { countingOwner, type Media, memoryMedia, openWorld, smallLimits, type World } from "../log/testing/world.js";
import type { RetentionRule } from "./rule.js";

const KIB = 1024;

describe.each([
  ["memory", async () => ({ media: memoryMedia() as Media, remove: async () => {} })],
  ["a real disk", async () => diskMedia().then((media) => ({ media: media as Media, remove: media.remove }))],
])("retention over %s", (_, openMedia) => {
  let world: World;
  let blobs: BlobStore;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const { media, remove: removeMedia } = await openMedia();
    remove = removeMedia;
    const watched: Media = {
      ...media,
      async openBlobs(disk, directory) {
        blobs = await media.openBlobs(disk, directory);
        return blobs;
      },
    };
    world = await openWorld(watched, { limits: { ...smallLimits, tailBatches: 20_000, consolidateBatches: 10_000, promotedShare: 2 } });
  });
  afterEach(async () => {
    await world.close();
    await remove();
  });

  const open = (index = 0) => world.store.open(orders(index), countingOwner());
  const retain = (rule: RetentionRule, ...indexes: readonly number[]) =>
    world.store.retain((indexes.length === 0 ? [0] : indexes).map((index) => ({ partition: orders(index), rule })));
  const segments = async () => {
    const keys = [];
    for await (const { key } of blobs.list("segments/")) keys.push(key);
    return keys.length;
  };
  /** Batches of about 3 KiB to several partitions in turn, until rounds have made segments of them. */
  const fill = async (logs: readonly Log[], count: number) => {
    const appended: Uint8Array[][] = logs.map(() => []);
    for (let i = 0; i < count; i++) {
      for (const [at, log] of logs.entries()) appended[at]?.push(await appendTo(log, { valueBytes: 3 * KIB }));
    }
    await expect.poll(() => world.store.stats().consolidationRounds).toBeGreaterThan(0);
    return appended;
  };

  it("lets batches go from the journal, one by one, before they are in any segment", async () => {
    const log = await open();
    const batches = [];
    for (let i = 0; i < 10; i++) batches.push(await appendTo(log, { timestamp: 100 + i }));
    expect(await retain({ olderThanMs: 104 })).toEqual({
      retained: [{ partition: orders(0), logStartOffset: 4, deletedBytes: Buffer.concat(batches.slice(0, 4)).length, deletedOffsets: 4 }],
      left: [],
    });
    expectBatches(await readAll(log, 4), batches.slice(4));
    expect(log.sizeBytes).toBe(Buffer.concat(batches.slice(4)).length);
    expect(await retain({ olderThanMs: 104 })).toEqual({ retained: [], left: [] });

    await world.crash();
    const again = await open();
    expect([again.logStartOffset, again.endOffset]).toEqual([4, 10]);
    expectBatches(await readAll(again, 4), batches.slice(4));
  });

  it("keeps no more than an extent beyond what was asked, and frees the rest of the disk", async () => {
    const log = await open();
    const [batches = []] = await fill([log], 100);
    const before = await segments();
    await retain({ keepBytes: 50 * KIB });
    const extentBytes = 32 * KIB + 4 * KIB;
    expect(log.sizeBytes).toBeGreaterThanOrEqual(50 * KIB);
    expect(log.sizeBytes).toBeLessThan(50 * KIB + extentBytes);
    expectBatches(await readAll(log, log.logStartOffset), batches.slice(log.logStartOffset));
    await expect.poll(segments).toBeLessThan(before);

    await retain({ keepBytes: 0 });
    expect([log.logStartOffset, log.sizeBytes]).toEqual([100, 0]);
    await expect.poll(segments).toBe(0);
    const next = await appendTo(log);
    expectBatches(await readAll(log, 100), [next]);
  });

  it("deletes a segment that partitions share with the last of them", async () => {
    const logs = [await open(0), await open(1), await open(2)];
    const appended = await fill(logs, 12);
    await retain({ keepBytes: 0 }, 0, 1);
    expect(logs.map(({ logStartOffset }) => logStartOffset)).toEqual([12, 12, 0]);
    expect(await segments()).toBeGreaterThan(0);
    expectBatches(await readAll(logs[2] as Log, 0), appended[2] ?? []);
    await retain({ keepBytes: 0 }, 2);
    await expect.poll(segments).toBe(0);
  });

  it("reaches partitions that nobody has opened since the start, and opens none of them", async () => {
    const appended = await fill([await open(0), await open(1)], 30);
    await world.crash();
    const { retained } = await retain({ olderThanMs: 1_020 }, 0, 1, 7);
    expect(retained.map(({ partition }) => partition)).toEqual([orders(0), orders(1)]);
    const log = await open(1);
    expect(log.logStartOffset).toBe(retained[1]?.logStartOffset);
    expectBatches(await readAll(log, log.logStartOffset), (appended[1] ?? []).slice(log.logStartOffset));

    await world.restart();
    const again = await open(0);
    expect([again.logStartOffset, again.endOffset]).toEqual([retained[0]?.logStartOffset, 30]);
    expectBatches(await readAll(again, again.logStartOffset), (appended[0] ?? []).slice(again.logStartOffset));
  });

  it("shares the log with who opens it meanwhile", async () => {
    await fill([await open()], 40);
    await world.restart();
    const retaining = retain({ olderThanMs: 1_030 });
    const log = await open();
    await retaining;
    expect(log.logStartOffset).toBeGreaterThan(0);
    const next = await appendTo(log);
    await retain({ keepBytes: 1 });
    expect(log.logStartOffset).toBe(40);
    expectBatches(await readAll(log, 40), [next]);
  });

  it("stays below the limit it is given", async () => {
    const log = await open();
    for (let i = 0; i < 10; i++) await appendTo(log, { count: 2 });
    await retain({ keepBytes: 0, below: 7 });
    expect(log.logStartOffset).toBe(6);
  });

  it("forgets leader epochs that no offset is of any more", async () => {
    const log = await open();
    for (const leaderEpoch of [0, 0, 2, 5]) await appendTo(log, { leaderEpoch });
    await retain({ keepBytes: 0, below: 2 });
    expect(log.epochs).toEqual([
      { epoch: 2, startOffset: 2 },
      { epoch: 5, startOffset: 3 },
    ]);
  });

  it("leaves topics alone that are being deleted", async () => {
    const log = await open();
    await fill([log], 30);
    const dropping = world.store.drop(orders(0).topicId, 1);
    expect(await retain({ keepBytes: 0 })).toEqual({ retained: [], left: [] });
    await dropping;
    await expect.poll(segments).toBe(0);
  });
});

it("takes a large log in slices", async () => {
  const limits = { ...smallLimits, consolidateBatches: 10_000, tailBatches: 20_000, consolidateBytes: 8_192 * KIB, tailBytes: 8_192 * KIB };
  const world = await openWorld(memoryMedia(), { limits: { ...limits, journalFileBytes: 4_096 * KIB } });
  const log = await world.store.open(orders(0), countingOwner());
  while (log.endOffset < 5_000) await Promise.all(Array.from({ length: 50 }, () => log.append(batchAt(log.endOffset))));
  const first = await world.store.retain([0, 1].map((index) => ({ partition: orders(index), rule: { keepBytes: 0 } })));
  expect(first.left.map(({ partition }) => partition)).toEqual([orders(0), orders(1)]);
  expect(log.logStartOffset).toBe(4_096);
  expect((await world.store.retain(first.left)).left).toEqual([]);
  expect(log.logStartOffset).toBe(5_000);
  await world.close();
});
