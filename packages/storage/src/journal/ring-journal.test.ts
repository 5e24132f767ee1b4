// The ring journal on every kind of disk, and what is its own: how it starts, grows, and meets full and failing disks.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Disk, DiskError, memoryDisk, nodeDisk } from "@moldau/env";
import { crc32c } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { DirectoryRefused } from "../errors.js";
import { describeJournal, type JournalHarness } from "./journal-contract.js";
import { groupOf } from "./testing/group-fixture.js";
import { DIRECTORY, openRing, replayAll, replayed } from "./testing/journal-fixture.js";
import { manualTime } from "./testing/manual-time.js";

const onMemory = (direct: boolean) => async (): Promise<JournalHarness> => {
  const disk = memoryDisk({ direct });
  return { disk, open: () => openRing(disk), dispose: async () => undefined };
};
const onDisk = (parent: string, mode: "auto" | "synced") => async (): Promise<JournalHarness> => {
  const directory = await mkdtemp(join(parent, ".tmp-journal-"));
  const disk = nodeDisk();
  return { disk, open: () => openRing(disk, { directory, mode }), dispose: () => rm(directory, { recursive: true }) };
};

describeJournal("ring in memory", onMemory(true));
describeJournal("ring in memory without direct writes", onMemory(false));
describeJournal("ring in the temporary directory", onDisk(tmpdir(), "synced"));
describeJournal("ring on this package's file system", onDisk(fileURLToPath(new URL("../..", import.meta.url)), "auto"));

const MIB = 1024 * 1024;

describe("ring journal", () => {
  it("says how it makes groups durable", async () => {
    expect((await openRing(memoryDisk())).mode).toBe("direct");
    expect((await openRing(memoryDisk({ direct: false }))).mode).toBe("synced");
    await expect(openRing(memoryDisk({ direct: false }), { mode: "direct" })).rejects.toMatchObject({ kind: "io" });
  });

  it("takes the first group before the first file is prepared", async () => {
    const disk = memoryDisk({
      beforeWrite: (_path, position) => (position >= MIB ? new Promise<void>(() => undefined) : undefined),
    });
    const journal = await openRing(disk, { fileBytes: 64 * MIB });
    await replayed(journal);
    await journal.append(1, groupOf(disk, journal.identity, 1));
    await journal.append(2, groupOf(disk, journal.identity, 2));
    expect(disk.bytesOf(`${DIRECTORY}/000000.ring`).length).toBe(MIB);
  });

  it("grows in the background while groups come, and no more than it must", async () => {
    const disk = memoryDisk();
    const journal = await openRing(disk, { fileBytes: 2 * MIB, maxFiles: 8 });
    await replayed(journal);
    for (let sequence = 1; sequence <= 60; sequence++) {
      await journal.append(sequence, groupOf(disk, journal.identity, sequence, { batchBytes: [500_000] }));
      await journal.release(sequence - 2);
    }
    await journal.close();
    expect((await disk.list(DIRECTORY)).map(({ name }) => name).sort()).toEqual(["000000.ring", "000001.ring", "000002.ring"]);
  });

  it("overwrites prepared space in place: files do not grow any more", async () => {
    const disk = memoryDisk();
    const journal = await openRing(disk, { maxFiles: 2 });
    await replayed(journal);
    for (let sequence = 1; sequence <= 50; sequence++) {
      await journal.append(sequence, groupOf(disk, journal.identity, sequence, { batchBytes: [50_000] }));
      await journal.release(sequence - 1);
    }
    await journal.close();
    expect(disk.bytesOf(`${DIRECTORY}/000000.ring`).length).toBe(256 * 1024);
    expect(disk.bytesOf(`${DIRECTORY}/000001.ring`).length).toBe(256 * 1024);
  });

  it("stays with what it has while the disk is full, and grows when space returns", async () => {
    const time = manualTime();
    const disk = memoryDisk({ capacityBytes: 300 * 1024 });
    const journal = await openRing(disk, { ...time });
    await replayed(journal);
    const append = (sequence: number) => journal.append(sequence, groupOf(disk, journal.identity, sequence, { batchBytes: [100_000] }));
    await append(1);
    await append(2);
    await expect(append(3)).rejects.toMatchObject({ kind: "full" });
    expect(journal.fits(100_000)).toBe(false);
    const room = journal.roomFreed();
    disk.options.capacityBytes = MIB;
    time.advance(1_000);
    await room;
    expect(journal.fits(100_000)).toBe(true);
    await append(3);
    await journal.close();
    expect(await replayAll(disk)).toHaveLength(3);
  });

  it("tries a failed group again in its place", async () => {
    const disk = memoryDisk();
    const journal = await openRing(disk);
    await replayed(journal);
    await journal.append(1, groupOf(disk, journal.identity, 1));
    disk.options.beforeWrite = (path) => {
      throw new DiskError("EIO", path, "broken");
    };
    await expect(journal.append(2, groupOf(disk, journal.identity, 2))).rejects.toMatchObject({ kind: "io" });
    delete disk.options.beforeWrite;
    const location = await journal.append(2, groupOf(disk, journal.identity, 2, { batchBytes: [5] }));
    expect(location.position).toBe(8192);
    await journal.close();
    expect((await replayAll(disk)).map(({ batches }) => batches[0]?.length)).toEqual([161, 66]);
  });

  it("erases a failed group that may have landed before its second try goes to another file", async () => {
    const disk = memoryDisk();
    const journal = await openRing(disk);
    await replayed(journal);
    await journal.append(1, groupOf(disk, journal.identity, 1, { batchBytes: [150_000] }));
    disk.options.beforeWrite = (path, position, parts) => {
      const file = disk.bytesOf(path);
      for (const part of parts) file.set(part, position);
      throw new DiskError("EIO", path, "landed, and said it did not");
    };
    await expect(journal.append(2, groupOf(disk, journal.identity, 2, { batchBytes: [10] }))).rejects.toMatchObject({ kind: "io" });
    delete disk.options.beforeWrite;
    await journal.append(2, groupOf(disk, journal.identity, 2, { batchBytes: [200_000] }));
    await journal.append(3, groupOf(disk, journal.identity, 3));
    await journal.close();
    expect((await replayAll(disk)).map(({ sequence, batches }) => [sequence, batches[0]?.length])).toEqual([
      [1, 150_061],
      [2, 200_061],
      [3, 161],
    ]);
  });

  it("refuses the journal of another broker, and one of a newer format", async () => {
    const disk = memoryDisk();
    await (await openRing(disk)).close();
    await expect(openRing(disk, { brokerId: 2 })).rejects.toBeInstanceOf(DirectoryRefused);
    const page = disk.bytesOf(`${DIRECTORY}/000000.ring`);
    page[4] = 9;
    new DataView(page.buffer, page.byteOffset).setUint32(24, crc32c(page.subarray(0, 24)), true);
    await expect(openRing(disk)).rejects.toThrow(/has format 9/);
  });

  it("makes anew a file whose creation a crash cut off", async () => {
    const disk: Disk = memoryDisk();
    await (await disk.open(`${DIRECTORY}/000000.ring`, { create: true, mode: "buffered" })).close();
    const journal = await openRing(disk);
    await replayed(journal);
    await journal.append(1, groupOf(disk, journal.identity, 1));
    await journal.close();
    expect(await replayAll(disk)).toHaveLength(1);
  });
});
