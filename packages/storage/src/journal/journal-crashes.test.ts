// Random histories of appends, failures, releases and crashes that tear the write in flight. Whatever happens, what was acknowledged
// is found again, once and in order, and nothing is found that nobody appended.
import { DiskError, type MemoryDisk, memoryDisk, PAGE_BYTES } from "@moldau/env";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOf, type CommitSetup, type OpenCommit, openCommit, openRing, partitionOf, replayed } from "./testing/journal-fixture.js";

type Step =
  | { readonly kind: "append"; readonly bytes: number }
  | { readonly kind: "settle" }
  | { readonly kind: "release"; readonly share: number }
  | { readonly kind: "fail"; readonly lands: boolean }
  | { readonly kind: "crash"; readonly pages: readonly number[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("append" as const), bytes: fc.oneof(fc.nat(300), fc.nat(30_000)) }) },
  { weight: 4, arbitrary: fc.constant({ kind: "settle" as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("release" as const), share: fc.constantFrom(0.3, 0.6, 0.9, 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fail" as const), lands: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const), pages: fc.uniqueArray(fc.nat(9), { maxLength: 10 }) }) },
);

const ring = { fileBytes: 64 * 1024, maxFiles: 3 };
const setup: CommitSetup = { ring, slabs: { slabBytes: 64 * 1024 }, commit: { maxGroupBytes: 16 * 1024, quietMs: 1e9, patienceMs: 2 } };

/** A journal in use, and what a client of it knows. Batches carry a number of their own as their base offset. */
interface World {
  disk: MemoryDisk;
  open: OpenCommit;
  appended: number;
  acknowledged: { readonly number: number; readonly sequence: number }[];
  released: number;
}

const land = (disk: MemoryDisk, path: string, position: number, group: Uint8Array, pages: readonly number[]): void => {
  for (const page of pages) {
    const at = page * PAGE_BYTES;
    if (at < group.length) disk.bytesOf(path).set(group.subarray(at, at + PAGE_BYTES), position + at);
  }
};

function append(world: World, bytes: number): void {
  const refused = world.open.commit.admit(bytes + 61);
  if (refused) {
    refused.catch(() => undefined);
    return;
  }
  const number = world.appended++;
  const { sequence, durable } = world.open.commit.append(partitionOf(0), batchOf({ baseOffset: number, bytes })).group;
  const { acknowledged } = world;
  durable.then(
    () => acknowledged.push({ number, sequence }),
    () => undefined,
  );
}

/** The next write fails, having landed or not. */
async function fail({ disk, open }: World, lands: boolean): Promise<void> {
  disk.options.beforeWrite = (path, position, [group]) => {
    if (!path.endsWith(".ring") || position === 0 || !group) return;
    delete disk.options.beforeWrite;
    if (lands && position + group.length <= disk.bytesOf(path).length) disk.bytesOf(path).set(group, position);
    throw new DiskError("EIO", path, "broken");
  };
  await open.commit.flush().catch(() => undefined);
  delete disk.options.beforeWrite;
}

/** The write in flight lands in part, all later ones never; then the journal is opened anew. */
async function crash(world: World, pages: readonly number[]): Promise<void> {
  const { disk } = world;
  let torn = false;
  disk.options.beforeWrite = (path, position, [group]) => {
    if (!torn && group && position + group.length <= disk.bytesOf(path).length) land(disk, path, position, group, pages);
    torn = true;
    return new Promise<void>(() => undefined);
  };
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  const after = disk.restarted();
  delete after.options.beforeWrite;
  world.disk = after;
  await check(world);
  world.acknowledged = [...world.acknowledged];
  world.open = await openCommit(after, { ...setup, after: world.released });
}

/** What a restart finds: every acknowledged batch of groups not released, in order; besides them only batches that were appended. */
async function check(world: World): Promise<void> {
  const journal = await openRing(world.disk.restarted(), ring);
  const groups = await replayed(journal, world.released);
  groups.forEach(({ sequence }, index) => {
    expect(sequence).toBe(world.released + 1 + index);
  });
  const found = groups.flatMap(({ sequence, entries }) => entries.map(({ baseOffset }) => ({ number: baseOffset, sequence })));
  const expected = world.acknowledged.filter(({ sequence }) => sequence > world.released);
  const known = new Set(expected.map(({ number }) => number));
  expect(found.filter(({ number }) => known.has(number))).toEqual(expected);
  for (const { number } of found) expect(number).toBeLessThan(world.appended);
  expect(new Set(found.map(({ number }) => number)).size).toBe(found.length);
}

describe("a journal that crashes", () => {
  it("keeps what it acknowledged", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 150 }), async (steps) => {
        const disk = memoryDisk();
        const world: World = { disk, open: await openCommit(disk, setup), appended: 0, acknowledged: [], released: 0 };
        for (const next of steps) {
          if (next.kind === "append") append(world, next.bytes);
          else if (next.kind === "settle") await world.open.commit.flush().catch(() => undefined);
          else if (next.kind === "fail") await fail(world, next.lands);
          else if (next.kind === "crash") await crash(world, next.pages);
          else {
            const newest = world.open.journal.nextSequence - 1;
            world.released += Math.floor((newest - world.released) * next.share);
            await world.open.journal.release(world.released);
          }
        }
        await world.open.commit.flush().catch(() => undefined);
        await check(world);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});
