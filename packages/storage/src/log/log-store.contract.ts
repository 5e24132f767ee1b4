// What a log store must do, whatever its media.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendTo, batchAt, clicks, expectBatches, ORDERS, orders, readAll, taken } from "./testing/batches.js";
import { countingOwner, type Media, openWorld, type World } from "./testing/world.js";

const ALL = { maxBytes: Number.MAX_SAFE_INTEGER, atLeastOne: true };

export function describeLogStore(name: string, openMedia: () => Promise<{ media: Media; remove: () => Promise<void> }>): void {
  describe(`log store over ${name}`, () => {
    let world: World;
    let remove: () => Promise<void>;
    beforeEach(async () => {
      const opened = await openMedia();
      remove = opened.remove;
      world = await openWorld(opened.media);
    });
    afterEach(async () => {
      await world.close();
      await remove();
    });
    const open = (partition = orders(0)) => world.store.open(partition, countingOwner());

    it("opens a new log empty", async () => {
      const log = await open();
      expect([log.logStartOffset, log.highWatermark, log.endOffset, log.sizeBytes]).toEqual([0, 0, 0, 0]);
      expect(log.epochs).toEqual([]);
      expect(await readAll(log, 0)).toHaveLength(0);
    });

    it("reads back what it appended, at once from memory", async () => {
      const log = await open();
      const batches = [await appendTo(log, { count: 3 }), await appendTo(log)];
      expect([log.endOffset, log.highWatermark]).toEqual([4, 4]);
      const slice = log.read(0, { ...ALL, below: 4 });
      expect(slice).not.toBeInstanceOf(Promise);
      expectBatches(taken(await slice), batches);
    });

    it("shows nothing before it is durable", async () => {
      const log = await open();
      const durable = log.append(batchAt(0));
      expect([log.endOffset, log.highWatermark]).toEqual([1, 0]);
      expect(await readAll(log, 0)).toHaveLength(0);
      await durable;
      expect(log.highWatermark).toBe(1);
    });

    it("tells each owner once of a group", async () => {
      const owners = [countingOwner(), countingOwner()];
      const logs = [
        await world.store.open(orders(0), owners[0] ?? countingOwner()),
        await world.store.open(orders(1), owners[1] ?? countingOwner()),
      ];
      const appended = logs.flatMap((log) => [0, 1, 2].map((offset) => log.append(batchAt(offset))));
      await Promise.all(appended);
      expect(owners.map(({ advances }) => advances)).toEqual([1, 1]);
    });

    it("recovers everything acknowledged after a crash, and after a clean stop", async () => {
      const log = await open();
      const batches = [];
      for (let i = 0; i < 20; i++) batches.push(await appendTo(log, { count: 2, leaderEpoch: i < 10 ? 0 : 3 }));
      for (const reopen of [world.crash, world.restart]) {
        await reopen();
        const again = await open();
        expect([again.logStartOffset, again.highWatermark, again.endOffset]).toEqual([0, 40, 40]);
        expect(again.sizeBytes).toBe(Buffer.concat(batches).length);
        expect(again.epochs).toEqual([
          { epoch: 0, startOffset: 0 },
          { epoch: 3, startOffset: 20 },
        ]);
        expectBatches(await readAll(again, 0), batches);
      }
    });

    it("consolidates what exceeds its limits, and reads it from segments", async () => {
      const log = await open();
      const other = await open(clicks(7));
      const batches = [];
      const others = [];
      for (let i = 0; i < 60; i++) {
        batches.push(await appendTo(log, { valueBytes: 3_000 }));
        others.push(await appendTo(other, { valueBytes: 100, count: 2 }));
      }
      expect(world.store.stats().consolidationRounds).toBeGreaterThan(0);
      expectBatches(await readAll(log, 0), batches);
      expectBatches(await readAll(other, 0), others);
      expectBatches(await readAll(log, 17), batches.slice(17));
      await world.crash();
      const again = await open();
      expect(again.sizeBytes).toBe(Buffer.concat(batches).length);
      expectBatches(await readAll(again, 0), batches);
      expectBatches(await readAll(await open(clicks(7)), 3), others.slice(1));
    });

    it("consolidates at once when asked to", async () => {
      const log = await open();
      await world.store.consolidate();
      expect(world.store.stats().consolidationRounds).toBe(0);
      const batch = await appendTo(log);
      expect(await world.store.dirt(log.partition)).toMatchObject({ dirtyBytes: 0, extentsEnd: 0, journalBytes: batch.length });
      await world.store.consolidate();
      expect(await world.store.dirt(log.partition)).toEqual({
        cleanedThrough: 0,
        cleanBytes: 0,
        dirtyBytes: batch.length,
        extentsEnd: 1,
        journalBytes: 0,
        journalTimestamp: -1,
      });
    });

    it("keeps reads within their budgets", async () => {
      const log = await open();
      const batches = [];
      for (let i = 0; i < 40; i++) batches.push(await appendTo(log, { valueBytes: 3_000 }));
      const [size] = batches.map((batch) => batch.length);
      const read = async (from: number, maxBytes: number, atLeastOne: boolean, below = 40) =>
        taken(await log.read(from, { maxBytes, atLeastOne, below })).length / (size ?? 1);
      for (const from of [0, 20, 38]) {
        expect(await read(from, 1, true)).toBe(1);
        expect(await read(from, 1, false)).toBe(0);
        expect(await read(from, 2 * (size ?? 0), false)).toBe(2);
        expect(await read(from, 1e9, false, from + 1)).toBe(1);
      }
    });

    it("starts where the batch of the offset starts", async () => {
      const log = await open();
      await appendTo(log, { count: 5 });
      const second = await appendTo(log, { count: 5 });
      expectBatches(await readAll(log, 7), [second]);
    });

    // Into extents, into the tail and the middle of a batch there, and to the very end.
    for (const to of [31, 117, 120]) {
      it(`trims to ${to} for good`, async () => {
        const log = await open();
        const batches = [];
        for (let i = 0; i < 60; i++) batches.push(await appendTo(log, { count: 2, valueBytes: 1_500 }));
        const kept = batches.slice(Math.floor(to / 2));
        await log.trim(to);
        await log.trim(to - 1);
        expect([log.logStartOffset, log.highWatermark]).toEqual([to, 120]);
        expectBatches(await readAll(log, to), kept);
        if (to === 120) expect(log.sizeBytes).toBe(0);

        await world.crash();
        const again = await open();
        expect([again.logStartOffset, again.highWatermark, again.endOffset]).toEqual([to, 120, 120]);
        for (let i = 0; i < 60; i++) kept.push(await appendTo(again, { count: 2, valueBytes: 1_500 }));
        expectBatches(await readAll(again, to), kept);
      });
    }

    it("deletes a topic's logs for good", async () => {
      const log = await open();
      const kept = await open(clicks(0));
      const batch = await appendTo(kept);
      for (let i = 0; i < 60; i++) await appendTo(log, { valueBytes: 3_000 });
      await world.store.drop(ORDERS, 1);
      expect(() => log.read(0, { ...ALL, below: 60 })).toThrow("was deleted");
      expect(() => log.append(batchAt(60))).toThrow("was deleted");
      world.dead.add(ORDERS);
      await world.crash();
      expectBatches(await readAll(await open(clicks(0)), 0), [batch]);
      expect((await open()).endOffset).toBe(0);
    });
  });
}
