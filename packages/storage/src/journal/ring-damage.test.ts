// Damage and torn writes: replay yields a true prefix of what was acknowledged, and ends early in silence only where nothing after
// the end says that more was acknowledged (DESIGN §6.6).
import { type MemoryDisk, memoryDisk } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { CorruptionError } from "../errors.js";
import type { GroupLocation } from "./journal.js";
import { signal } from "./signal.js";
import { groupOf } from "./testing/group-fixture.js";
import { DIRECTORY, openRing, replayAll, replayed } from "./testing/journal-fixture.js";

const FILE_BYTES = 128 * 1024;
const ring = { fileBytes: FILE_BYTES, maxFiles: 4 };

/** A ring that went round once already, with groups of several sizes in three files; the last one is a seal. */
async function writtenRing(): Promise<{ disk: MemoryDisk; locations: GroupLocation[]; released: number }> {
  const disk = memoryDisk();
  const journal = await openRing(disk, ring);
  await replayed(journal);
  const locations: GroupLocation[] = [];
  const append = async (batchBytes: readonly number[]) => {
    const sequence = locations.length + 1;
    locations.push(await journal.append(sequence, groupOf(disk, journal.identity, sequence, { batchBytes })));
  };
  for (let i = 0; i < 12; i++) await append([40_000]);
  await journal.release(12);
  for (let i = 0; i < 10; i++) await append(i % 3 === 0 ? [30_000, 20, 10] : [10, 3000]);
  await append([]);
  await journal.close();
  return { disk, locations, released: 12 };
}

/** The sequences that replay yields, and the error it ends with. */
async function outcome(disk: MemoryDisk, after: number): Promise<{ sequences: number[]; error: unknown }> {
  const sequences: number[] = [];
  try {
    const journal = await openRing(disk, ring);
    for await (const { location } of journal.replay(after)) sequences.push(location.sequence);
    return { sequences, error: undefined };
  } catch (error) {
    return { sequences, error };
  }
}

const pathOf = ({ file }: GroupLocation): string => `${DIRECTORY}/00000${file}.ring`;

describe("a damaged ring", () => {
  it("names the file and the byte of a changed bit in any group but the last, wherever in the group it is", async () => {
    const { disk, locations, released } = await writtenRing();
    const whole = disk.restarted();
    for (const location of locations.slice(released, -1)) {
      const bytes = whole.bytesOf(pathOf(location)).subarray(location.position, location.position + location.lengthBytes);
      const toc = new DataView(bytes.buffer, bytes.byteOffset).getUint32(40, true);
      const places = [
        0,
        5,
        9,
        13,
        17,
        24,
        33,
        40,
        44,
        50,
        60,
        64,
        64 + 17,
        64 + 60,
        64 + 61,
        toc - 8,
        toc,
        toc + 17,
        toc + 21,
        toc + 25,
        toc + 30,
        toc + 95,
      ];
      for (const place of places) {
        if (place >= toc - 8 && place < toc && bytes[place] === 0) continue;
        const disk = whole.restarted();
        const file = disk.bytesOf(pathOf(location));
        file[location.position + place] = (file[location.position + place] ?? 0) ^ 0x10;
        const { sequences, error } = await outcome(disk, released);
        const where = `group ${location.sequence}, byte ${place}`;
        expect(error, where).toBeInstanceOf(CorruptionError);
        if (!(error instanceof CorruptionError)) continue;
        expect(error.path, where).toBe(pathOf(location));
        expect(error.position, where).toBeGreaterThanOrEqual(location.position);
        expect(error.position, where).toBeLessThan(location.position + location.lengthBytes);
        expect(sequences, where).toEqual(locations.slice(released, location.sequence - 1).map(({ sequence }) => sequence));
      }
    }
  });

  it("names a file whose header is gone while its groups are there", async () => {
    const { disk, locations, released } = await writtenRing();
    const newest = locations.at(-1);
    if (!newest) throw new Error("the ring has groups");
    disk.bytesOf(pathOf(newest)).fill(0, 0, 4096);
    const { error } = await outcome(disk, released);
    expect(error).toMatchObject({ name: "CorruptionError", path: pathOf(newest), position: 0 });
  });

  it("takes a changed last group for a torn tail, and a seal behind it for proof that it was not", async () => {
    const { disk, locations, released } = await writtenRing();
    const seal = locations.at(-1);
    if (!seal) throw new Error("the ring has groups");
    const file = disk.bytesOf(pathOf(seal));
    file[seal.position + 30] = 99;
    const { sequences, error } = await outcome(disk, released);
    expect(error).toBeUndefined();
    expect(sequences.at(-1)).toBe(seal.sequence - 1);
  });

  it("takes a missing group for a torn tail when the one behind it was never acknowledged", async () => {
    const { disk, locations, released } = await writtenRing();
    const journal = await openRing(disk, ring);
    await replayed(journal, released);
    const missing = locations.length + 1;
    const location = await journal.append(missing, groupOf(disk, journal.identity, missing));
    await journal.append(missing + 1, groupOf(disk, journal.identity, missing + 1, { durableThrough: missing - 1 }));
    await journal.close();
    disk.bytesOf(pathOf(location)).fill(0, location.position, location.position + location.lengthBytes);
    const { sequences, error } = await outcome(disk, released);
    expect(error).toBeUndefined();
    expect(sequences.at(-1)).toBe(missing - 1);
  });

  it("reports a group that turned into zeros, alone or with its neighbours", async () => {
    const { disk, locations, released } = await writtenRing();
    for (const [from, to] of [
      [14, 14],
      [13, 13],
      [15, 19],
    ] as const) {
      const damaged = disk.restarted();
      for (const location of locations.slice(from - 1, to)) {
        damaged.bytesOf(pathOf(location)).fill(0, location.position, location.position + location.lengthBytes);
      }
      const { sequences, error } = await outcome(damaged, released);
      expect(error, `groups ${from} to ${to}`).toBeInstanceOf(CorruptionError);
      expect(sequences).toHaveLength(from - released - 1);
    }
  });

  it("reports a changed file header, and a file that was cut off", async () => {
    const { disk, locations, released } = await writtenRing();
    for (let place = 0; place < 28; place++) {
      const damaged = disk.restarted();
      const header = damaged.bytesOf(`${DIRECTORY}/000001.ring`);
      header[place] = (header[place] ?? 0) ^ 1;
      expect((await outcome(damaged, released)).error, `byte ${place}`).toMatchObject({
        name: "CorruptionError",
        path: `${DIRECTORY}/000001.ring`,
      });
    }
    const [first, ...rest] = locations.slice(released);
    if (!first || rest.length === 0) throw new Error("the ring has groups");
    const cut = disk.restarted();
    await (await cut.open(pathOf(first), { mode: "buffered" })).truncate(first.position + first.lengthBytes - 4096);
    expect((await outcome(cut, released)).error).toBeInstanceOf(CorruptionError);
  });

  it("does not mind damage among groups that are released, when what follows is in other files", async () => {
    const { disk, locations, released } = await writtenRing();
    const first = locations[released];
    if (!first) throw new Error("the ring has groups");
    const stale = locations.slice(0, released).filter((old) => !locations.slice(released).some((location) => location.file === old.file));
    expect(stale.length).toBeGreaterThan(0);
    for (const location of stale) disk.bytesOf(pathOf(location)).fill(0xff, location.position, location.position + 100);
    const { sequences, error } = await outcome(disk, released);
    expect(error).toBeUndefined();
    expect(sequences).toHaveLength(locations.length - released);
  });
});

describe("a torn write", () => {
  it("leaves what was acknowledged, whatever part of it landed, and the ring goes on", async () => {
    for (let landed = 0; landed <= 5; landed++) {
      for (const backwards of [false, true]) {
        const { disk, locations, released } = await writtenRing();
        const journal = await openRing(disk, ring);
        await replayed(journal, released);
        const sequence = locations.length + 1;
        const written = signal();
        disk.options.beforeWrite = (path, position, [group]) => {
          const pages = Array.from({ length: 5 }, (_, page) => page);
          for (const page of (backwards ? pages.reverse() : pages).slice(0, landed)) {
            disk.bytesOf(path).set(group?.subarray(page * 4096, (page + 1) * 4096) ?? [], position + page * 4096);
          }
          written.fire();
          return new Promise<void>(() => undefined);
        };
        const begun = written.wait();
        void journal.append(sequence, groupOf(disk, journal.identity, sequence, { batchBytes: [4000, 4000, 4000, 4000] }));
        await begun;
        const crashed = disk.restarted();
        delete crashed.options.beforeWrite;

        const found = await outcome(crashed, released);
        expect(found.error).toBeUndefined();
        const acknowledged = locations.slice(released).map((location) => location.sequence);
        expect(found.sequences).toEqual(landed === 5 ? [...acknowledged, sequence] : acknowledged);

        const again = await openRing(crashed, ring);
        await replayed(again, released);
        const next = again.nextSequence;
        await again.append(next, groupOf(crashed, again.identity, next));
        await again.append(next + 1, groupOf(crashed, again.identity, next + 1));
        await again.close();
        expect((await replayAll(crashed, { ...ring, after: released })).map((group) => group.sequence)).toEqual([
          ...found.sequences,
          next,
          next + 1,
        ]);
      }
    }
  });

  it.each([
    { torn: 100_000, tornIn: 1, next: 100, nextIn: 0 },
    { torn: 40_000, tornIn: 0, next: 100_000, nextIn: 1 },
  ])("does not come back when the ring goes on elsewhere: torn in file $tornIn, on in file $nextIn", async ({ torn, next, nextIn }) => {
    const disk = memoryDisk();
    const journal = await openRing(disk, ring);
    await replayed(journal);
    await journal.append(1, groupOf(disk, journal.identity, 1, { batchBytes: [60_000] }));
    const written = signal();
    disk.options.beforeWrite = (path, position, [group]) => {
      if (!group || position + group.length > disk.bytesOf(path).length) return;
      const bytes = disk.bytesOf(path);
      bytes.set(group, position);
      bytes.fill(0, position + 8192, position + 12_288);
      written.fire();
      return new Promise<void>(() => undefined);
    };
    const begun = written.wait();
    void journal.append(2, groupOf(disk, journal.identity, 2, { batchBytes: [torn] }));
    await begun;
    const crashed = disk.restarted();
    delete crashed.options.beforeWrite;

    const again = await openRing(crashed, ring);
    await replayed(again);
    for (const sequence of [2, 3]) {
      const { file } = await again.append(
        sequence,
        groupOf(crashed, again.identity, sequence, { batchBytes: [sequence === 2 ? next : 10] }),
      );
      expect(file).toBe(nextIn);
    }
    await again.close();
    for (const after of [0, 1, 2]) {
      const { sequences, error } = await outcome(crashed, after);
      expect(error).toBeUndefined();
      expect(sequences).toEqual([1, 2, 3].slice(after));
    }
  });
});
