// A data directory as the real store leaves it: segments of one partition and of many, promoted ones, a tail in the journal, a catalog.
import { cp, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { nodeDisk } from "@moldau/env";
import { partitionKey } from "@moldau/std";
import { appendTo, orders } from "../../log/testing/batches.js";
import { type DiskMedia, diskMedia } from "../../log/testing/disk-media.js";
import { countingOwner, openWorld } from "../../log/testing/world.js";
import { storedPartitions } from "../described-logs.js";
import { openLogs } from "../logs-on-disk.js";
import { extentBatches, tailBatches } from "../stored-batches.js";

export interface WrittenDirectory {
  readonly path: string;
  /** What the directory's logs hold, by partition, as readers got it. */
  readonly written: ReadonlyMap<string, Buffer>;
  /** Another directory with the same files. */
  copy(name: string): Promise<string>;
  remove(): Promise<void>;
}

export const PARTITIONS = 3;

/** `crashed`: the last batches are not sealed. */
export async function writtenDirectory({ crashed = false } = {}): Promise<WrittenDirectory> {
  const media: DiskMedia = await diskMedia();
  // Nothing is merged: the directory is looked at as it is, and copied while the store is open.
  const limits = { consolidateBytes: 48 * 1024, roundBytes: 24 * 1024, slabs: 4, mergeWidth: 1_000 };
  const world = await openWorld(media, { limits });
  const logs = await Promise.all(Array.from({ length: PARTITIONS }, (_, index) => world.store.open(orders(index), countingOwner())));
  const written = new Map<string, Buffer[]>();
  for (let round = 0; round < 24; round++) {
    for (const log of logs) {
      const key = partitionKey(log.partition);
      const batch = await appendTo(log, { valueBytes: log === logs[0] ? 2_000 : 150, count: 2 });
      written.set(key, [...(written.get(key) ?? []), Buffer.from(batch)]);
    }
  }
  const path = media.directory;
  if (crashed) await cp(path, join(path, "..", "crashed"), { recursive: true, filter: isLeft });
  await world.close();
  return {
    path: crashed ? join(path, "..", "crashed") : path,
    written: new Map(Array.from(written, ([key, batches]) => [key, Buffer.concat(batches)])),
    async copy(name) {
      const to = join(path, "..", name);
      await cp(path, to, { recursive: true, filter: isLeft });
      return to;
    },
    remove: media.remove,
  };
}

/** What a copy takes: no lock, and no segment that is being written. */
const isLeft = async (path: string) => !path.includes("/.incoming/") && !(await stat(path)).isSocket();

/** All that can be read of a directory, by partition; batches with faults are left out. */
export async function contentOf(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const logs = await openLogs(nodeDisk(), directory);
  const content = new Map<string, Buffer>();
  for (const { partition, extents, endOffset, tail } of await storedPartitions(logs)) {
    const parts: Uint8Array[] = [];
    for await (const { batch } of extentBatches(logs.blobs, partition, extents, 0))
      if (batch && !batch.fault) parts.push(batch.bytes.slice());
    for await (const { batch } of tailBatches(logs.journal, tail?.groups ?? [], { partition, fromOffset: endOffset ?? 0 }))
      if (batch && !batch.fault) parts.push(batch.bytes.slice());
    content.set(partitionKey(partition), Buffer.concat(parts));
  }
  await logs.close();
  return content;
}

/** The directory's files below it, by path. */
export async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
