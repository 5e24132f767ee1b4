// The batches of a directory's partitions where a segment is damaged: told, and the rest is given.
import { open, readFile } from "node:fs/promises";
import { nodeDisk } from "@moldau/env";
import { batchBaseOffset } from "@moldau/records";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storedPartitions } from "./described-logs.js";
import { openLogFile } from "./log-file.js";
import { openLogs } from "./logs-on-disk.js";
import { extentBatches, type StoredItem, segmentBatches } from "./stored-batches.js";
import { filesIn, type WrittenDirectory, writtenDirectory } from "./testing/written-directory.js";

let directory: WrittenDirectory;
beforeAll(async () => {
  directory = await writtenDirectory();
});
afterAll(() => directory.remove());

async function flip(path: string, position: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, position);
  await file.close();
}

async function all(items: AsyncIterable<StoredItem>) {
  const found: { kind: string; path: string; position: number | undefined; firstOffset: number | undefined }[] = [];
  for await (const { batch, finding } of items) {
    if (finding) found.push({ kind: finding.kind, path: finding.path, position: finding.position, firstOffset: finding.firstOffset });
    else
      found.push({
        kind: batch.fault ? "damaged" : "intact",
        path: batch.path,
        position: batch.position,
        firstOffset: batchBaseOffset(batch.bytes, 0),
      });
  }
  return found;
}

async function partitionItems(path: string, fromOffset = 0) {
  const logs = await openLogs(nodeDisk(), path);
  const found = [];
  for (const { partition, extents } of await storedPartitions(logs))
    found.push(...(await all(extentBatches(logs.blobs, partition, extents, fromOffset))));
  await logs.close();
  return found;
}

const segmentsOf = async (path: string) => (await filesIn(path)).filter((one) => one.endsWith(".seg"));

describe("batches of segments", () => {
  it("begin with the one that holds the offset asked for", async () => {
    const from = await partitionItems(directory.path, 5);
    const firsts = new Map(from.toReversed().map(({ path, firstOffset }) => [path, firstOffset]));
    expect(Math.min(...Array.from(firsts.values(), Number))).toBe(4);
    expect(from.length).toBeLessThan((await partitionItems(directory.path)).length);
  });

  it("are given around damage; also to an offset, which a batch's own checksum leaves out", async () => {
    const before = await partitionItems(directory.path);
    for (const [within, expected] of [
      [30, "damaged"],
      [7, "intact"],
    ] as const) {
      const copy = await directory.copy(`damaged-${within}`);
      const [path = ""] = await segmentsOf(copy);
      await flip(path, 4096 + within);
      const after = await partitionItems(copy);
      const hit = after.filter((one) => one.path === path && one.position === 4096);
      expect(hit.map(({ kind }) => kind)).toEqual(["batch", expected]);
      expect(after.length).toBe(before.length + 1);
      expect(after.filter(({ kind }) => kind === "intact")).toHaveLength(before.length - (expected === "damaged" ? 1 : 0));
    }
  });

  it("are found in a segment whose footer is lost", async () => {
    const copy = await directory.copy("footerless");
    const [path = ""] = await segmentsOf(copy);
    const open = async () => {
      const file = await openLogFile(nodeDisk(), path);
      if (file?.kind !== "segment") throw new Error("a segment is one");
      const found = await all(segmentBatches(file.blobs, file.segmentId, file.source));
      await file.close();
      return found;
    };
    const before = await open();
    await flip(path, (await readFile(path)).length - 1);
    const [lost, ...after] = await open();
    expect(lost).toMatchObject({ kind: "segment", path });
    expect(after.filter(({ kind }) => kind === "intact").map(({ position }) => position)).toEqual(
      before.map(({ position }) => position).sort((a = 0, b = 0) => a - b),
    );
  });
});
