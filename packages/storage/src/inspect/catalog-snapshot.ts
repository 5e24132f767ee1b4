// The catalog as its last transaction left it, read from the file as it lies and not through LMDB: LMDB would write into its lock file,
// and trust what it maps, so that damage could end this process. A broker may use the file meanwhile.
//
// Invariant: pages that a transaction frees are written anew by the second one after it at the earliest. So what was read is the state
// of one transaction if, afterwards, at most one more is committed; else it is read again.
import { type Disk, DiskError, type DiskFile } from "@moldau/env";
import { AssertionError, boundedCache, type PartitionId, partitionIndex, readInt53LE } from "@moldau/std";
import type { ClusterLog, Extent, PartitionRow, Version } from "../catalog/catalog.js";
import * as keys from "../catalog/lmdb/keys.js";
import { checkTrees, newestMeta } from "../catalog/lmdb/lmdb-file.js";
import type { PageReader } from "../catalog/lmdb/lmdb-pages.js";
import { decodeExtent, decodeNumber, decodePartitionRow, decodeSnapshot, opened } from "../catalog/lmdb/rows.js";
import { StorageError } from "../errors.js";

export interface CatalogSnapshot {
  readonly sizeBytes: number;
  /** Journal groups through this one are in extents. */
  readonly consolidatedThrough: number;
  /** By topic id and index. */
  readonly partitions: readonly PartitionSnapshot[];
  /** How many extents refer to each segment. */
  readonly references: ReadonlyMap<number, number>;
  /** To read from. */
  readonly clusterLog: ClusterLog;
}

export interface PartitionSnapshot {
  readonly partition: PartitionId;
  readonly row: PartitionRow | undefined;
  /** In offset order. */
  readonly extents: readonly Extent[];
}

const ATTEMPTS = 20;
/** Some 400,000 extents. */
const COPIED_BYTES_MAX = 64 * 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;
const BLOCKS = 128;

/** Undefined when there is no catalog. Throws CorruptionError when it is damaged, StorageError when it changes faster than it is read. */
export async function readCatalog(disk: Disk, path: string): Promise<CatalogSnapshot | undefined> {
  const file = await openIfThere(disk, path);
  if (file === undefined) return undefined;
  try {
    if ((await file.sizeBytes()) === 0) return undefined;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const snapshot = await attempted(file, path);
      if (snapshot !== "changed") return snapshot;
    }
    throw new StorageError("io", `${path} changes faster than it can be read: try again when the broker has less to do, or is stopped`);
  } finally {
    await file.close();
  }
}

async function openIfThere(disk: Disk, path: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path, { mode: "buffered", readOnly: true });
  } catch (error) {
    if (error instanceof DiskError && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function attempted(file: DiskFile, path: string): Promise<CatalogSnapshot | "changed"> {
  const meta = await newestMeta(file, path);
  const sizeBytes = await file.sizeBytes();
  const rows = rowsInOrder();
  const transactionsSince = async () => (await newestMeta(file, path)).transaction - meta.transaction;
  const isSmall = sizeBytes <= COPIED_BYTES_MAX;
  // A copy is made in a moment, and then there is time to look at it.
  const read = isSmall ? copyReader(await copyOf(file, sizeBytes), meta.pageBytes) : pageReader(file, meta.pageBytes);
  if (isSmall && (await transactionsSince()) > 1) return "changed";
  try {
    await checkTrees(path, meta, read, rows.add);
  } catch (error) {
    // What was written meanwhile may look like damage.
    if ((await transactionsSince()) > 0) return "changed";
    throw error;
  }
  return !isSmall && (await transactionsSince()) > 1 ? "changed" : { sizeBytes, ...rows.snapshot() };
}

async function copyOf(file: DiskFile, sizeBytes: number): Promise<Buffer> {
  const copy = Buffer.allocUnsafeSlow(sizeBytes);
  return copy.subarray(0, await file.read(copy, 0));
}

const copyReader =
  (copy: Buffer, pageBytes: number): PageReader =>
  async (page, count) => {
    const end = (page + count) * pageBytes;
    return end > copy.length ? undefined : copy.subarray(page * pageBytes, end);
  };

/** Reads in blocks, for most pages have their neighbours in use too. */
function pageReader(file: DiskFile, pageBytes: number): PageReader {
  const blocks = boundedCache<number, Buffer>({ capacity: BLOCKS });
  const blockAt = async (block: number): Promise<Buffer> => {
    const known = blocks.get(block);
    if (known) return known;
    const bytes = Buffer.alloc(BLOCK_BYTES);
    const read = bytes.subarray(0, await file.read(bytes, block * BLOCK_BYTES));
    blocks.set(block, read);
    return read;
  };
  return async (page, count) => {
    const from = page * pageBytes;
    const to = from + count * pageBytes;
    const parts: Buffer[] = [];
    for (let at = from; at < to; ) {
      const block = Math.floor(at / BLOCK_BYTES);
      const start = at - block * BLOCK_BYTES;
      const part = (await blockAt(block)).subarray(start, Math.min(BLOCK_BYTES, start + to - at));
      if (part.length === 0) return undefined;
      parts.push(part);
      at += part.length;
    }
    const [only] = parts;
    return parts.length === 1 ? only : Buffer.concat(parts);
  };
}

interface MutablePartition {
  readonly partition: PartitionId;
  row: PartitionRow | undefined;
  readonly extents: Extent[];
}

/** Takes rows as they come, in the order of their keys. */
function rowsInOrder() {
  const partitions = new Map<string, MutablePartition>();
  const references = new Map<number, number>();
  const events: { readonly version: Version; readonly event: Uint8Array }[] = [];
  let clusterSnapshot: { readonly version: Version; readonly snapshot: Uint8Array } | undefined;
  let consolidatedThrough = 0;

  const partitionOf = (key: Buffer): MutablePartition => {
    const id = key.toString("latin1", 1, 21);
    const known = partitions.get(id);
    if (known) return known;
    const partition = { topicId: keys.topicOf(key), index: partitionIndex(keys.partitionIndexOf(key)) };
    const added: MutablePartition = { partition, row: undefined, extents: [] };
    partitions.set(id, added);
    return added;
  };
  const addOther = (key: Buffer, content: Buffer) => {
    if (key.equals(CONSOLIDATED_KEY)) consolidatedThrough = decodeNumber(content);
    else if (key.equals(keys.SNAPSHOT_KEY)) clusterSnapshot = decodeSnapshot(content);
  };

  return {
    /** False when the row's checksum is wrong. */
    add(key: Buffer, value: Buffer): boolean {
      const content = opened(key, value);
      if (content === undefined) return false;
      switch (keys.kindOf(key)) {
        case "partition":
          partitionOf(key).row = decodePartitionRow(content);
          break;
        case "extent":
          partitionOf(key).extents.push(decodeExtent(content, keys.lastOffsetOf(key)));
          break;
        case "segment":
          references.set(keys.segmentIdOf(key), readInt53LE(content, 0));
          break;
        case "event":
          events.push({ version: keys.versionOf(key), event: Uint8Array.from(content) });
          break;
        default:
          addOther(key, content);
      }
      return true;
    },
    snapshot: () => ({
      consolidatedThrough,
      partitions: [...partitions.values()],
      references,
      clusterLog: clusterLogOf(events, clusterSnapshot),
    }),
  };
}

const CONSOLIDATED_KEY = keys.settingKey("consolidated-through");

/** A cluster log of what was read, that takes nothing. */
function clusterLogOf(
  events: readonly { readonly version: Version; readonly event: Uint8Array }[],
  snapshot: { readonly version: Version; readonly snapshot: Uint8Array } | undefined,
): ClusterLog {
  const refuse = async (): Promise<never> => {
    throw new AssertionError("what inspects a log changes nothing");
  };
  return {
    read: async (after, limit) => events.filter(({ version }) => version > after).slice(0, limit),
    append: refuse,
    version: async () => Math.max(snapshot?.version ?? 0, events.at(-1)?.version ?? 0),
    writeSnapshot: refuse,
    readSnapshot: async () => snapshot,
  };
}
