// What every Journal does (DESIGN §6), as a suite that each adapter passes.
import { type Disk, PAGE_BYTES } from "@moldau/env";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StorageError } from "../errors.js";
import type { GroupLocation, Journal } from "./journal.js";
import { groupOf } from "./testing/group-fixture.js";

export interface JournalHarness {
  readonly disk: Disk;
  /** Opens the journal that the calls before left, or a fresh one. */
  open(): Promise<Journal>;
  /** Removes what is left. */
  dispose(): Promise<void>;
}

export function describeJournal(name: string, harness: () => Promise<JournalHarness>): void {
  describe(`journal: ${name}`, () => {
    let world: JournalHarness;
    let journal: Journal;
    beforeEach(async () => {
      world = await harness();
      journal = await world.open();
    });
    afterEach(async () => {
      await journal.close();
      await world.dispose();
    });

    const sequences = async (after = 0): Promise<number[]> => {
      const found: number[] = [];
      for await (const { location } of journal.replay(after)) found.push(location.sequence);
      return found;
    };
    const append = (sequence: number, ...batchBytes: number[]): Promise<GroupLocation> =>
      journal.append(sequence, groupOf(world.disk, journal.identity, sequence, { batchBytes }));
    const reopen = async (): Promise<void> => {
      await journal.close();
      journal = await world.open();
    };

    it("is empty when fresh, and begins with group 1", async () => {
      expect(await sequences()).toEqual([]);
      expect(journal.nextSequence).toBe(1);
      expect(journal.usage().usedBytes).toBe(0);
    });

    it("replays what was appended, byte for byte and in order, and goes on behind it", async () => {
      await sequences();
      for (let sequence = 1; sequence <= 5; sequence++) await append(sequence, 100 * sequence, 5000);
      await reopen();
      for await (const { location, bytes } of journal.replay(0)) {
        expect(
          Buffer.compare(bytes, groupOf(world.disk, journal.identity, location.sequence, { batchBytes: [100 * location.sequence, 5000] })),
        ).toBe(0);
      }
      expect(journal.nextSequence).toBe(6);
      await append(6, 10);
      await reopen();
      expect(await sequences()).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it("replays only what follows the group it is told", async () => {
      await sequences();
      for (let sequence = 1; sequence <= 4; sequence++) await append(sequence, 10);
      await reopen();
      expect(await sequences(3)).toEqual([4]);
      await reopen();
      expect(await sequences(4)).toEqual([]);
      expect(journal.nextSequence).toBe(5);
    });

    it("goes on behind the group it is told, even if that is gone", async () => {
      expect(await sequences(41)).toEqual([]);
      await append(42, 10);
      await append(43, 10);
      await reopen();
      expect(await sequences(41)).toEqual([42, 43]);
    });

    it("reads any range of a group", async () => {
      await sequences();
      await append(1, 10);
      const location = await append(2, 20_000, 70_000);
      const group = groupOf(world.disk, journal.identity, 2, { batchBytes: [20_000, 70_000] });
      for (const [position, lengthBytes] of [
        [0, 1],
        [64, 20_061],
        [4095, 2],
        [4096, 8192],
        [70_000, 20_000],
        [0, group.length],
      ] as const) {
        const into = new Uint8Array(lengthBytes);
        await journal.read(location, position, into);
        expect(Buffer.compare(into, group.subarray(position, position + lengthBytes))).toBe(0);
      }
    });

    it("takes its largest group, and says that it is full until one is released", async () => {
      await sequences();
      const largest = journal.maxGroupBytes - 2 * PAGE_BYTES;
      let sequence = 1;
      for (; journal.fits(journal.maxGroupBytes); sequence++) await append(sequence, largest);
      await expect(append(sequence, largest)).rejects.toMatchObject({ kind: "full" });
      expect(journal.usage().usedBytes).toBeGreaterThan(journal.usage().capacityBytes / 2);
      let freed = false;
      const room = journal.roomFreed().then(() => {
        freed = true;
      });
      expect(freed).toBe(false);
      await journal.release(1);
      await room;
      for (; journal.fits(journal.maxGroupBytes); sequence++) await append(sequence, largest);
      await reopen();
      expect(await sequences(1)).toEqual(Array.from({ length: sequence - 2 }, (_, index) => index + 2));
      expect(journal.fits(journal.maxGroupBytes)).toBe(false);
      expect(journal.fits(PAGE_BYTES)).toBe(true);
    });

    it("goes round and round, and replays exactly what is not released", async () => {
      await sequences();
      let sequence = 0;
      let released = 0;
      for (let round = 0; round < 60; round++) {
        const count = 1 + (round % 4);
        for (let i = 0; i < count; i++) await append(++sequence, 3000 * ((sequence * 7) % 13), 10);
        if (round % 2 === 0) {
          released = sequence - (round % 3);
          await journal.release(released);
        }
        if (round % 7 === 0) {
          await reopen();
          expect(await sequences(released)).toEqual(Array.from({ length: sequence - released }, (_, index) => released + index + 1));
        }
      }
      expect(sequence).toBeGreaterThan(100);
    });

    it("refuses appends once closed", async () => {
      await sequences();
      await journal.close();
      await expect(append(1, 10)).rejects.toBeInstanceOf(StorageError);
    });

    it("takes groups in sequence only", async () => {
      await sequences();
      await append(1, 10);
      await expect(append(3, 10)).rejects.toThrow(/where 2 is due/);
      await expect(append(1, 10)).rejects.toThrow(/where 2 is due/);
    });
  });
}
