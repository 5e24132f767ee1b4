// A catalog file that is not what was written: refused with a sentence, never a crash.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk, systemTimers } from "@moldau/env";
import { partitionIndex, topicId } from "@moldau/std";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CorruptionError, DirectoryRefused } from "../../errors.js";
import type { Catalog } from "../catalog.js";
import { extentOf, rowOf } from "../catalog-samples.js";
import { partitionRowKey, settingKey } from "./keys.js";
import { lmdbCatalog } from "./lmdb-catalog.js";
import { openTree } from "./lmdb-tree.js";
import { encodeNumber } from "./rows.js";

const TOPIC = topicId("RGFtYWdlIGlzIGhlcmUxMg");
const PARTITIONS = 300;
const PRODUCERS = new Uint8Array(200).fill(0xab);
const partition = (index: number) => ({ topicId: TOPIC, index: partitionIndex(index) });

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "moldau-catalog-"));
  path = join(directory, "catalog.mdb");
});
afterEach(() => rm(directory, { recursive: true }));

const reopened = () => lmdbCatalog({ disk: nodeDisk(), timers: systemTimers, directory });

/** Commits enough for a tree of several levels, with a snapshot that takes pages of its own. */
async function filled(): Promise<void> {
  const catalog = await reopened();
  const changes = Array.from({ length: PARTITIONS }, (_, index) => ({
    partition: partition(index),
    row: rowOf({ endOffset: 10, producers: PRODUCERS }),
    added: [extentOf(0, 9, index + 1)],
    removed: [],
  }));
  await catalog.extents.commit({ changes });
  await catalog.clusterLog.append(0, [Uint8Array.of(1)]);
  await catalog.clusterLog.writeSnapshot(1, new Uint8Array(50_000).fill(5));
  await catalog.close();
}

async function readAll({ extents, clusterLog }: Catalog): Promise<void> {
  for (let index = 0; index < PARTITIONS; index++) {
    expect((await extents.row(partition(index)))?.endOffset).toBe(10);
    expect(await extents.find(partition(index), 0, 10)).toEqual([extentOf(0, 9, index + 1)]);
  }
  expect((await clusterLog.readSnapshot())?.snapshot).toEqual(new Uint8Array(50_000).fill(5));
}

it.each([
  ["text", Buffer.from("this is my shopping list\n".repeat(1000))],
  ["zeros", Buffer.alloc(20_000)],
  ["a few bytes", Buffer.from("x")],
])("refuses a file of %s", async (_, content) => {
  await writeFile(path, content);
  await expect(reopened()).rejects.toThrow(CorruptionError);
  await expect(reopened()).rejects.toThrow("catalog.mdb: damaged at byte 0");
});

it("makes a catalog of an empty file", async () => {
  await writeFile(path, "");
  const catalog = await reopened();
  expect(await catalog.clusterLog.version()).toBe(0);
  await catalog.close();
});

it("notices a file that was cut off, wherever", async () => {
  await filled();
  const whole = await readFile(path);
  const cuts = [100, 4096, 8191, 8192, 12_288, whole.length >> 2, whole.length >> 1, whole.length - 4096, whole.length - 1];
  for (const length of cuts) {
    await writeFile(path, whole.subarray(0, length));
    const outcome = await reopened().catch((error: unknown) => error);
    if (outcome instanceof CorruptionError) continue;
    // Nothing was lost but pages without use.
    await readAll(outcome as Catalog);
    await (outcome as Catalog).close();
    expect(length, "where the file was cut without anyone noticing").toBeGreaterThan(whole.length - 100_000);
  }
});

it("opens a file that ends early because the pages after its end are free", async () => {
  await filled();
  const content = await readFile(path);
  for (const meta of [0, 4096]) content.writeBigUInt64LE(content.readBigUInt64LE(meta + 144) + 100n, meta + 144);
  await writeFile(path, content);
  const catalog = await reopened();
  await readAll(catalog);
  await catalog.clusterLog.append(1, [Uint8Array.of(2)]);
  await catalog.close();
  const again = await reopened();
  await readAll(again);
  await again.close();
});

it("notices a page that is not the one that belongs there", async () => {
  await filled();
  const content = await readFile(path);
  // Page 6 gets the bytes of page 2; one of the two is in use, or nothing is amiss.
  content.copy(content, 6 * 4096, 2 * 4096, 3 * 4096);
  await writeFile(path, content);
  await expect(reopened()).rejects.toThrow(/another one is in its place/);
});

// A hundred opened files, each with its syncs: on a busy disk that takes a while, and a test that goes on after its time would find the
// next one's directory.
it("notices a changed bit wherever it matters", { timeout: 180_000 }, async () => {
  await filled();
  const intact = await readFile(path);
  let noticed = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2 * 4096, max: intact.length - 1 }), fc.nat(7), async (at, bit) => {
      const changed = Buffer.from(intact);
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      await writeFile(path, changed);
      const outcome = await reopened().catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(CorruptionError);
        expect((outcome as CorruptionError).path).toBe(path);
        noticed++;
      } else {
        await readAll(outcome as Catalog);
        await (outcome as Catalog).close();
      }
    }),
    { numRuns: 100 },
  );
  expect(noticed).toBeGreaterThan(10);
});

it("notices a changed byte in a row of a file too large to be checked at the start", async () => {
  await filled();
  const content = await readFile(path);
  for (let at = content.indexOf(PRODUCERS); at >= 0; at = content.indexOf(PRODUCERS)) content[at + 100] = 1;
  await writeFile(path, content);
  const tree = await openTree(nodeDisk(), path);
  expect(() => tree.get(partitionRowKey(partition(7)))).toThrow(/catalog\.mdb: damaged at byte 0: the checksum of row 02/);
  expect(() => [...tree.range(Buffer.of(2), Buffer.of(3))]).toThrow(CorruptionError);
  await tree.close();
});

it("refuses what a newer release wrote", async () => {
  await (await reopened()).close();
  const tree = await openTree(nodeDisk(), path);
  await tree.write([{ key: settingKey("format"), value: encodeNumber(2) }]);
  await tree.close();
  await expect(reopened()).rejects.toThrow(DirectoryRefused);
});
