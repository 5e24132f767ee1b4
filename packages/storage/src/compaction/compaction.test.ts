// Compaction through the log store, over memory and a real disk: what stays, for how long, and where.
import { batches, readBatchHeader } from "@moldau/records";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CompactionOrder } from "../log/log.js";
import { orders, readAll } from "../log/testing/batches.js";
import { diskMedia } from "../log/testing/disk-media.js";
import { countingOwner, type Media, memoryMedia, openWorld, type World } from "../log/testing/world.js";
import { ORDER, type Row, Table } from "./testing/table.js";

const rows = (...pairs: readonly (readonly [string | null, string | null])[]): Row[] =>
  pairs.map(([key, value], i) => ({ key, value, timestamp: 100 + i }));

describe.each([
  ["memory", async () => ({ media: memoryMedia() as Media, remove: async () => {} })],
  [
    "a real disk",
    async () => {
      const media = await diskMedia();
      return { media: media as Media, remove: media.remove };
    },
  ],
])("compaction over %s", (_, openMedia) => {
  let world: World;
  let remove: () => Promise<void>;
  let table: Table;
  beforeEach(async () => {
    const opened = await openMedia();
    remove = opened.remove;
    world = await openWorld(opened.media);
    table = new Table(await world.store.open(orders(0), countingOwner()));
  });
  afterEach(async () => {
    await world.close();
    await remove();
  });
  const compact = async (order: Partial<CompactionOrder> = {}) => {
    await world.store.consolidate();
    return world.store.compact(table.log, { ...ORDER, below: table.stableOffset, aborted: table.aborted, ...order });
  };
  const offsets = async () => (await table.read()).map(({ offset }) => offset);

  it("keeps the newest record of each key, where it is", async () => {
    await table.append(rows(["a", "1"], ["b", "1"], ["a", "2"]));
    await table.append(rows(["b", "2"], [null, "x"], ["c", "1"]));
    await table.append(rows(["a", "3"]));
    const done = await compact();
    expect(done).toMatchObject({ cleanedThrough: 6, removedRecords: 3 });
    expect(await offsets()).toEqual([2, 3, 5, 6]);
    expect(await table.read()).toEqual(
      table
        .history()
        .filter(({ offset }) => [2, 3, 5, 6].includes(offset))
        .map(seen),
    );
  });

  it("finds nothing to do twice", async () => {
    await table.append(rows(["a", "1"], ["a", "2"]));
    await table.append(rows(["b", "1"]));
    await compact();
    const before = await readAll(table.log, 0);
    expect(await compact()).toMatchObject({ cleanedThrough: 2, readBytes: before.length, writtenBytes: 0, removedRecords: 0 });
    expect(await readAll(table.log, 0)).toEqual(before);
    expect(await world.store.dirt(table.log.partition)).toMatchObject({ cleanedThrough: 2, extentsEnd: 3 });
  });

  it("copies batches that stay whole byte for byte, and keeps extents of which nothing goes", async () => {
    for (const key of ["a", "b", "c"]) await table.append(rows([key, "1"]));
    const before = await readAll(table.log, 0);
    expect(await compact()).toMatchObject({ cleanedThrough: 2, writtenBytes: 0 });
    await table.append(rows(["a", "2"]));
    await table.append(rows(["d", "1"]));
    expect(await compact()).toMatchObject({ cleanedThrough: 4, removedRecords: 1 });
    const size = before.length / 3;
    expect((await readAll(table.log, 0)).subarray(0, 2 * size)).toEqual(before.subarray(size));
  });

  it("leaves what is too new, or may be part of an open transaction, or is the last batch", async () => {
    for (let i = 0; i < 6; i++) await table.append([{ key: "a", value: `${i}`, timestamp: i }]);
    expect(await compact({ below: 2 })).toMatchObject({ cleanedThrough: 2 });
    expect(await offsets()).toEqual([1, 2, 3, 4, 5]);
    expect(await compact({ olderThanMs: 4 })).toMatchObject({ cleanedThrough: 4 });
    expect(await offsets()).toEqual([3, 4, 5]);
    expect(await compact()).toMatchObject({ cleanedThrough: 5 });
    expect(await offsets()).toEqual([4, 5]);
  });

  it("keeps tombstones until their time has passed, counted from the first pass that finds them", async () => {
    await table.append(rows(["a", "1"], ["b", "1"]));
    await table.append(rows(["a", null]));
    const next = async () => table.append(rows([null, "1"]));
    await next();
    await compact({ nowMs: 1_000, deleteRetentionMs: 100 });
    expect(await offsets()).toEqual([1, 2, 3]);
    const [, horizon] = Array.from(batches(await readAll(table.log, 0)));
    expect(readBatchHeader(await readAll(table.log, 0), horizon ?? 0)).toMatchObject({
      deleteHorizon: true,
      baseTimestamp: 1_100,
      maxTimestamp: 100,
    });
    await next();
    await compact({ nowMs: 1_099, deleteRetentionMs: 100 });
    expect(await offsets()).toEqual([1, 2, 4]);
    expect((await table.read(2))[0]).toMatchObject({ key: "a", value: null, timestamp: 100 });
    await next();
    await compact({ nowMs: 1_100, deleteRetentionMs: 100 });
    expect(await offsets()).toEqual([1, 5]);
  });

  it("takes the records of aborted transactions, and lets none of them take others", async () => {
    await table.append(rows(["a", "1"], ["b", "1"]));
    await table.appendTo(7, rows(["a", "aborted"]));
    await table.endTransaction(7, "ABORT");
    await table.appendTo(7, rows(["b", "committed"]));
    await table.endTransaction(7, "COMMIT");
    await table.append(rows(["z", "1"]));
    await compact();
    expect(await offsets()).toEqual([0, 3, 4, 5, 6]);
    expect(table.state(await table.read())).toEqual({ a: "1", b: "committed", z: "1" });
  });

  it("keeps a marker until no record of its transaction is left, and then for as long as a tombstone", async () => {
    const times = { deleteRetentionMs: 100 };
    await table.appendTo(7, rows(["a", "1"]));
    await table.endTransaction(7, "COMMIT");
    const next = async () => table.append(rows([null, "1"]));
    for (let i = 0; i < 2; i++) await next();
    await compact({ ...times, nowMs: 1_000 });
    expect(await offsets()).toEqual([0, 1, 3]);
    await table.append(rows(["a", "2"]));
    await next();
    await compact({ ...times, nowMs: 2_000 });
    expect(await offsets(), "this pass saw the record go").toEqual([1, 4, 5]);
    await next();
    await compact({ ...times, nowMs: 3_000 });
    expect(await offsets(), "its horizon is set").toContain(1);
    await next();
    await compact({ ...times, nowMs: 3_099 });
    expect(await offsets()).toContain(1);
    await next();
    await compact({ ...times, nowMs: 3_100 });
    expect(await offsets()).not.toContain(1);
  });

  it("leaves a batch without records where nothing is left, which readers pass", async () => {
    const value = "v".repeat(10_000);
    for (let i = 0; i < 30; i++) await table.append([{ key: "a", value: `${i}${value}`, timestamp: i }]);
    await compact();
    expect(await offsets()).toEqual([28, 29]);
    for (let from = 0; from < 30; from++) expect((await table.read(from)).map(({ offset }) => offset)).toEqual(from < 29 ? [28, 29] : [29]);
    expect(await table.log.findMaxTimestamp()).toMatchObject({ offset: 29 });
    expect(await table.log.findTimestamp(0)).toMatchObject({ offset: 28 });
    expect(table.log.sizeBytes).toBeLessThan(25_000);
    await world.crash();
    table.log = await world.store.open(orders(0), countingOwner());
    expect(await offsets()).toEqual([28, 29]);
  });

  it("reaches the end however little memory it has for keys", async () => {
    for (let i = 0; i < 40; i++) await table.append(rows(...Array.from({ length: 5 }, (_, k) => [`${(i * 5 + k) % 23}`, `${i}`] as const)));
    let passes = 0;
    for (let through = 0; through < 195; passes++) {
      const done = await compact({ keyBytes: 100 });
      expect(done.cleanedThrough).toBeGreaterThan(through);
      through = done.cleanedThrough;
    }
    expect(passes).toBeGreaterThan(20);
    expect(await offsets()).toEqual(Array.from({ length: 28 }, (_, i) => 172 + i).filter((offset) => offset >= 195 || offset + 23 >= 195));
  });

  it("tells its owner, and stops when it is told to", async () => {
    const told: number[] = [];
    const other = new Table(await world.store.open(orders(1), { ...countingOwner(), cleaned: (through) => void told.push(through) }));
    for (let i = 0; i < 3; i++) await other.append(rows(["a", "1"]));
    await world.store.consolidate();
    const stop = new AbortController();
    stop.abort(new Error("the broker stops"));
    await expect(world.store.compact(other.log, { ...ORDER, below: 3, signal: stop.signal })).rejects.toThrow("the broker stops");
    expect(told).toEqual([]);
    await world.store.compact(other.log, { ...ORDER, below: 3 });
    expect(told).toEqual([2]);
  });

  it("ends when the topic is deleted under it", async () => {
    for (let i = 0; i < 60; i++) await table.append([{ key: "a", value: `${i}${"v".repeat(3_000)}`, timestamp: i }]);
    const compacting = compact();
    const failed = expect(compacting).rejects.toThrow("was deleted");
    await world.store.drop(table.log.partition.topicId, 1);
    await failed;
  });
});

const seen = ({ offset, key, value, timestamp, isMarker }: { offset: number } & Row & { isMarker: boolean }) => ({
  offset,
  key,
  value,
  timestamp,
  isMarker,
});
