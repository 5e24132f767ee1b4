// Damaged bytes, wherever they are: an error that names the file, or the batches that were written; never anything else.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CorruptionError } from "../errors.js";
import type { Log } from "../log/log.js";
import { appendTo, orders, readAll } from "../log/testing/batches.js";
import { countingOwner, type MemoryMedia, memoryMedia, openWorld, type World } from "../log/testing/world.js";

const PARTITIONS = 3;
/** Room for a few segments, of one partition and shared, and for a tail of several groups. */
const limits = { consolidateBytes: 48 * 1024, roundBytes: 24 * 1024, slabs: 4 };

/** From 0 to below 1, evenly. */
const share = fc.integer({ min: 0, max: 99_999 }).map((value) => value / 100_000);

const open = (world: World, index: number) => world.store.open(orders(index), countingOwner());

/** Fills the logs; gives what each of them holds. */
async function filled(world: World): Promise<Buffer[]> {
  const logs = await Promise.all(Array.from({ length: PARTITIONS }, (_, i) => open(world, i)));
  for (let i = 0; i < 24; i++) {
    for (const [index, log] of logs.entries()) await appendTo(log, { valueBytes: index === 0 ? 2_000 : 150, count: 2 });
  }
  expect(world.store.stats().consolidationRounds).toBeGreaterThan(1);
  return Promise.all(logs.map((log) => readAll(log, 0)));
}

async function files(media: MemoryMedia): Promise<string[]> {
  const disk = media.disk();
  const folders = await disk.list("/data/segments");
  const paths = ["journal", ...folders.map(({ name }) => `segments/${name}`)].map((name) => `/data/${name}`);
  const named = await Promise.all(paths.map(async (path) => (await disk.list(path)).map(({ name }) => `${path}/${name}`)));
  return named.flat().filter((path) => media.disk().bytesOf(path).length > 0);
}

function flip(media: MemoryMedia, path: string, position: number): void {
  const bytes = media.disk().bytesOf(path);
  bytes[position] = (bytes[position] ?? 0) ^ 0x40;
}

/** What can be read of a log, batch after batch, or the error that the first damage gives. */
async function whole(log: Log): Promise<Buffer | CorruptionError> {
  try {
    return await readAll(log, 0);
  } catch (error) {
    if (error instanceof CorruptionError) return error;
    throw error;
  }
}

describe("damage", () => {
  it("is named, wherever a byte was flipped while nothing ran", async () => {
    const seen = { refused: 0, onRead: 0, harmless: 0, tornTail: 0 };
    await fc.assert(
      fc.asyncProperty(share, share, async (which, where) => {
        const media = memoryMedia();
        const world = await openWorld(media, { limits });
        const written = await filled(world);
        const paths = await files(media);
        const path = paths[Math.floor(which * paths.length)] ?? "";
        const damage = () => flip(media, path, Math.floor(where * media.disk().bytesOf(path).length));
        const error = await world.crash(damage).catch((failure: unknown) => failure);
        if (error !== undefined) {
          expect(error).toBeInstanceOf(CorruptionError);
          expect(String(error)).toContain(path);
          seen.refused++;
          return;
        }
        for (let index = 0; index < PARTITIONS; index++) {
          const found = await whole(await open(world, index));
          const expected = written[index] ?? Buffer.alloc(0);
          if (found instanceof CorruptionError) {
            expect(found.message).toContain(path);
            seen.onRead++;
          } else if (found.equals(expected)) seen.harmless++;
          else {
            // The last group was not sealed: its damage is a torn tail. What is left is the beginning of what was written.
            expect(path).toContain("journal");
            expect(found.equals(expected.subarray(0, found.length))).toBe(true);
            seen.tornTail++;
          }
        }
        await world.close();
      }),
      { numRuns: 40, interruptAfterTimeLimit: 30_000 },
    );
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.onRead).toBeGreaterThan(0);
    expect(seen.harmless).toBeGreaterThan(0);
  });

  it("is found when the tail is read back from the journal", async () => {
    const media = memoryMedia();
    const world = await openWorld(media, { limits: { consolidateBytes: 1024 * 1024, tailBytes: 2 * 1024 * 1024 } });
    const log = await open(world, 0);
    for (let i = 0; i < 100; i++) await appendTo(log, { valueBytes: 3_000 });
    const journal = (await files(media)).filter((path) => path.includes("journal"));
    expect(await whole(log)).toBeInstanceOf(Buffer);
    for (const path of journal)
      for (let position = 5_000; position < media.disk().bytesOf(path).length; position += 4_096) flip(media, path, position);
    const error = await whole(log);
    expect(error).toBeInstanceOf(CorruptionError);
    expect(String(error)).toContain("journal");
    await world.close();
  });

  it("is a segment that is not there", async () => {
    const media = memoryMedia();
    const world = await openWorld(media, { limits });
    await filled(world);
    await world.crash();
    const segments = (await files(media)).filter((path) => path.endsWith(".seg"));
    for (const path of segments) await media.disk().remove(path);
    const error = await whole(await open(world, 0));
    expect(error).toBeInstanceOf(CorruptionError);
    expect(String(error)).toContain("missing");
    expect(segments).toContain(error instanceof CorruptionError ? error.path : "");
    await world.close();
  });

  it("stops consolidation with a report, and neither reads of other logs nor appends", async () => {
    const media = memoryMedia();
    const world = await openWorld(media);
    const damaged = await open(world, 0);
    await appendTo(damaged, { valueBytes: 3_000 });
    await world.crash();
    const [path = ""] = (await files(media)).filter((one) => one.includes("journal"));
    flip(media, path, 4_096 + 1_000);
    const failing = world.reported("failing");
    const other = await open(world, 1);
    for (let i = 0; i < 30; i++) await appendTo(other, { valueBytes: 3_000 });
    expect(await failing).toMatchObject({ what: "consolidation", error: { name: "CorruptionError" } });
    await appendTo(other);
    expect(await whole(other)).toBeInstanceOf(Buffer);
    await world.close();
  });
});
