// Files of the ring that become segments, as the journal sees it: which ones may, what replay makes of them, and that none is written again.
import { type MemoryDisk, memoryDisk, PAGE_BYTES } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { CorruptionError } from "../errors.js";
import type { RingJournal } from "./ring-journal.js";
import { signal } from "./signal.js";
import { groupOf } from "./testing/group-fixture.js";
import { DIRECTORY, openRing, replayAll, replayed } from "./testing/journal-fixture.js";
import { manualTime } from "./testing/manual-time.js";

const KIB = 1024;
const ring = { fileBytes: 64 * KIB, maxFiles: 4 };
const END = [new Uint8Array(PAGE_BYTES).fill(3)];
const FIRST = `${DIRECTORY}/000000.ring`;

async function append(disk: MemoryDisk, journal: RingJournal, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const sequence = journal.nextSequence;
    await journal.append(sequence, groupOf(disk, journal.identity, sequence, { batchBytes: [15 * KIB] }));
  }
}

async function opened(disk: MemoryDisk, options = {}) {
  const journal = await openRing(disk, { ...ring, ...options });
  await replayed(journal);
  return journal;
}

const full = (journal: RingJournal, number: number) => {
  const file = journal.files.full(number);
  if (!file) throw new Error(`file ${number} is not full`);
  return file;
};

const sequences = async (disk: MemoryDisk, options = {}) =>
  (await replayAll(disk, { ...ring, ...options })).map(({ sequence }) => sequence);

describe("a full file of the ring", () => {
  it("is offered when groups go on in another, until they are released", async () => {
    const disk = memoryDisk();
    const journal = await opened(disk);
    await append(disk, journal, 3);
    expect(journal.files.full(0)).toBeUndefined();
    await append(disk, journal, 1);
    expect(journal.files.full(0)).toMatchObject({ path: FIRST, lastSequence: 3, groupBytes: 48 * KIB, endPosition: 52 * KIB });
    expect(journal.files.full(1)).toBeUndefined();
    await journal.release(3);
    expect(journal.files.full(0)).toBeUndefined();
  });

  it("is not offered when it was filled slowly", async () => {
    const time = manualTime();
    const disk = memoryDisk();
    const journal = await opened(disk, { clock: time.clock, timers: time.timers });
    await append(disk, journal, 3);
    await time.advance(10_000);
    await append(disk, journal, 1);
    expect(journal.files.full(0)).toBeUndefined();
  });

  it("is marked once zeros that were on their way to it have landed", async () => {
    const time = manualTime();
    const disk = memoryDisk();
    const journal = await opened(disk, { clock: time.clock, timers: time.timers });
    const held = signal();
    let zerosAsked = false;
    disk.options.beforeWrite = (path, position, parts) => {
      if (path !== FIRST || position < 48 * KIB || parts.some((part) => part.some((byte) => byte !== 0))) return;
      zerosAsked = true;
      return held.wait();
    };
    await append(disk, journal, 2);
    expect(zerosAsked).toBe(true);
    const sequence = journal.nextSequence;
    await journal.append(sequence, groupOf(disk, journal.identity, sequence, { batchBytes: [40 * KIB] }));
    const marked = full(journal, 0).mark(42, END);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    held.fire();
    await marked;
    await journal.close();
    const bytes = disk.bytesOf(FIRST);
    expect({ sizeBytes: bytes.length, last: bytes.at(-1) }).toEqual({ sizeBytes: 36 * KIB + PAGE_BYTES, last: 3 });
  });

  it("is replayed as ever when it was marked, and the catalog has no such segment", async () => {
    const disk = memoryDisk();
    const journal = await opened(disk);
    await append(disk, journal, 4);
    await full(journal, 0).mark(42, END);
    expect(disk.bytesOf(FIRST).length).toBe(52 * KIB + PAGE_BYTES);
    expect(full(journal, 0).segmentId).toBe(42);
    await expect(full(journal, 0).mark(43, END)).rejects.toThrow("marked as one segment");
    expect(await sequences(disk.restarted())).toEqual([1, 2, 3, 4]);
    const after = disk.restarted();
    const next = await opened(after);
    await append(after, next, 6);
    expect(await sequences(after.restarted())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("loses its name at the start that finds its segment in the catalog", async () => {
    const disk = memoryDisk();
    const journal = await opened(disk);
    await append(disk, journal, 4);
    await full(journal, 0).mark(42, END);
    const after = disk.restarted();
    const asked: string[] = [];
    const isPromoted = async (segmentId: number, path: string) => {
      asked.push(`${segmentId} ${path}`);
      return segmentId === 42;
    };
    expect(await sequences(after, { after: 3, isPromoted })).toEqual([4]);
    expect(asked).toEqual([`42 ${FIRST}`]);
    expect((await after.list(DIRECTORY)).map(({ name }) => name)).not.toContain("000000.ring");
  });

  it("leaves the ring and is never written again, though its number is given anew", async () => {
    const disk = memoryDisk();
    const journal = await opened(disk);
    await append(disk, journal, 4);
    await disk.link(FIRST, "/segment");
    const file = full(journal, 0);
    await file.mark(42, END);
    const bytes = disk.bytesOf("/segment").slice();
    file.leave();
    expect(journal.files.full(0)).toBeUndefined();
    await journal.release(3);
    for (let i = 0; i < 30; i++) {
      await append(disk, journal, 1);
      await journal.release(journal.nextSequence - 2);
    }
    await journal.close();
    expect(Buffer.compare(disk.bytesOf("/segment"), bytes)).toBe(0);
    expect((await disk.list(DIRECTORY)).map(({ name }) => name)).toContain("000000.ring");
    await expect(file.mark(42, END)).rejects.toThrow("becomes a segment once");
  });

  it("is refused at the start when its mark is damaged, for it may be a segment", async () => {
    const disk = memoryDisk();
    const journal = await opened(disk);
    await append(disk, journal, 4);
    await full(journal, 0).mark(42, END);
    const bytes = disk.bytesOf(FIRST);
    bytes[72] = (bytes[72] ?? 0) ^ 1;
    await expect(replayAll(disk.restarted(), ring)).rejects.toThrow(CorruptionError);
  });
});
