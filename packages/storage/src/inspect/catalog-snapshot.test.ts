// The catalog read from its file while LMDB writes to it: each time the state of one transaction.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, nodeDisk, systemTimers } from "@moldau/env";
import { partitionIndex, topicId } from "@moldau/std";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extentOf, rowOf } from "../catalog/catalog-samples.js";
import { lmdbCatalog } from "../catalog/lmdb/lmdb-catalog.js";
import { readCatalog } from "./catalog-snapshot.js";
import { contiguityFindings } from "./extents-findings.js";

const TOPIC = topicId("b3JkZXJzLW9yZGVycy1vcg");
const PARTITIONS = 40;
const partitionAt = (index: number) => ({ topicId: TOPIC, index: partitionIndex(index) });

let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "moldau-catalog-"));
});
afterAll(() => rm(home, { recursive: true }));

const open = (directory: string) => lmdbCatalog({ disk: nodeDisk(), timers: systemTimers, directory });

describe("a snapshot of the catalog", () => {
  it("has what LMDB has", async () => {
    const directory = join(home, "same");
    const catalog = await open(directory);
    for (let round = 0; round < 30; round++) {
      const added = extentOf(round * 10, round * 10 + 9, round + 1);
      const changes = Array.from({ length: PARTITIONS }, (_, index) => ({
        partition: partitionAt(index),
        row: rowOf({ endOffset: round * 10 + 10, producers: new Uint8Array(index * 400) }),
        added: [added],
        removed: [],
      }));
      await catalog.extents.commit({ changes, consolidatedThrough: round });
    }
    await catalog.clusterLog.append(0, [Uint8Array.of(1), Uint8Array.of(2)]);
    const snapshot = await readCatalog(nodeDisk(), `${directory}/catalog.mdb`);
    expect(snapshot?.consolidatedThrough).toBe(29);
    expect(snapshot?.partitions).toHaveLength(PARTITIONS);
    for (const { partition, row, extents } of snapshot?.partitions ?? []) {
      expect(row).toEqual(await catalog.extents.row(partition));
      expect(extents).toEqual(await catalog.extents.find(partition, 0, 1_000));
    }
    expect(await snapshot?.clusterLog.read(1, 10)).toEqual(await catalog.clusterLog.read(1, 10));
    expect(snapshot?.references).toEqual(new Map(Array.from({ length: 30 }, (_, round) => [round + 1, PARTITIONS])));
    await catalog.close();
  });

  it("is the state of one transaction, however many come meanwhile", async () => {
    const directory = join(home, "live");
    const catalog = await open(directory);
    let isOver = false;
    const writing = (async () => {
      // Each replaces the last ten extents of all partitions by one: pages are freed and written anew all the time.
      for (let round = 0; !isOver; round++) {
        const from = round * 10;
        const changes = Array.from({ length: PARTITIONS }, (_, index) => ({
          partition: partitionAt(index),
          row: rowOf({ endOffset: from + 10 }),
          added: Array.from({ length: 10 }, (_, at) => extentOf(from + at, from + at, round * 10 + at + 2)),
          removed: [],
        }));
        await catalog.extents.commit({ changes, consolidatedThrough: round });
        const merged = changes.map((change) => ({
          ...change,
          added: [extentOf(from, from + 9, 1)],
          removed: change.added.map(({ baseOffset }) => baseOffset),
        }));
        await catalog.extents.commit({ changes: merged, consolidatedThrough: round });
      }
    })();
    let read = 0;
    for (let attempt = 0; attempt < 60; attempt++) {
      const snapshot = await readCatalog(nodeDisk(), `${directory}/catalog.mdb`);
      for (const partition of snapshot?.partitions ?? []) {
        expect([...contiguityFindings("catalog", partition)]).toEqual([]);
        expect(partition.row?.endOffset).toBe((snapshot?.consolidatedThrough ?? 0) * 10 + 10);
        read++;
      }
    }
    isOver = true;
    await writing;
    await catalog.close();
    expect(read).toBeGreaterThan(PARTITIONS);
  });

  it("is taken again when transactions came while it was taken", async () => {
    const directory = join(home, "overtaken");
    const catalog = await open(directory);
    let round = 0;
    const commit = () => {
      const added = [extentOf(round * 10, round * 10 + 9, round + 1)];
      const change = { partition: partitionAt(0), row: rowOf({ endOffset: round * 10 + 10 }), added, removed: [] };
      return catalog.extents.commit({ changes: [change], consolidatedThrough: round++ });
    };
    await commit();
    const real = nodeDisk();
    const disk: Disk = {
      ...real,
      async open(path, options) {
        const file = await real.open(path, options);
        const read = async (into: Uint8Array, position: number) => {
          // More than a page: the copy, that is, behind the look at what is newest.
          if (into.length > 4_096 && round < 8) for (let i = 0; i < 3; i++) await commit();
          return file.read(into, position);
        };
        return { ...file, read };
      },
    };
    const snapshot = await readCatalog(disk, `${directory}/catalog.mdb`);
    expect(round).toBe(10);
    expect(snapshot?.consolidatedThrough).toBe(9);
    expect(snapshot?.partitions[0]?.extents).toEqual(await catalog.extents.find(partitionAt(0), 0, 100));
    await catalog.close();
  });

  it("is undefined where there is none", async () => {
    expect(await readCatalog(nodeDisk(), join(home, "none.mdb"))).toBeUndefined();
  });
});
