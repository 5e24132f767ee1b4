// The overview of a data directory: partitions, journal files, segments.
import { type PartitionId, partitionKey } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent } from "../catalog/catalog.js";
import type { Footer } from "../segments/footer.js";
import { extentOf } from "../segments/run-chunks.js";
import { readFooter } from "../segments/segment-footers.js";
import { HEAD_BYTES, markIn } from "../segments/segment-frame.js";
import { findingOf } from "./finding.js";
import type { LogsOnDisk, SegmentFile } from "./logs-on-disk.js";
import { type PartitionTail, tailIndex } from "./tail-index.js";

/** A partition by all that is known of it. */
export interface StoredPartition {
  readonly partition: PartitionId;
  /** Undefined when no catalog says it. */
  readonly logStartOffset: number | undefined;
  /** Where its extents end; undefined when there are none. */
  readonly endOffset: number | undefined;
  readonly extents: readonly Extent[];
  /** What the journal has of it. */
  readonly tail: PartitionTail | undefined;
}

/** All partitions of which there is anything, by topic id and index. Without a catalog, the segments' footers say what there is. */
export async function storedPartitions(logs: LogsOnDisk): Promise<readonly StoredPartition[]> {
  const { catalog, journal } = logs;
  const tails = await tailIndex(journal, catalog?.consolidatedThrough ?? 0);
  const byKey = new Map<string, StoredPartition>();
  for (const { partition, row, extents } of catalog?.partitions ?? (await partitionsOfFooters(logs))) {
    const key = partitionKey(partition);
    const last = extents.at(-1);
    // Without a row, and so without knowing what is released, the journal counts from where extents end.
    const endOffset = row?.endOffset ?? (last && last.lastOffset + 1);
    byKey.set(key, { partition, logStartOffset: row?.logStartOffset, endOffset, extents, tail: tails.get(key) });
  }
  for (const [key, tail] of tails) {
    if (!byKey.has(key)) byKey.set(key, { partition: tail.partition, logStartOffset: undefined, endOffset: undefined, extents: [], tail });
  }
  return [...byKey.values()];
}

/** What segments say that they have. Of what several have, for one was made of the others, each offset counts once. */
async function partitionsOfFooters(logs: LogsOnDisk) {
  const byKey = new Map<string, { readonly partition: PartitionId; readonly row: undefined; readonly extents: Extent[] }>();
  for (const { segmentId } of await logs.segments()) {
    const footer = await footerIfWhole(logs.blobs, segmentId);
    for (let index = 0; index < (footer?.runCount ?? 0); index++) {
      const run = footer?.run(index);
      if (!run) continue;
      const key = partitionKey(run.partition);
      const known = byKey.get(key) ?? { partition: run.partition, row: undefined, extents: [] };
      byKey.set(key, known);
      known.extents.push(extentOf(segmentId, run.chunks, 0));
    }
  }
  for (const { extents } of byKey.values()) {
    extents.sort((a, b) => a.baseOffset - b.baseOffset || b.lastOffset - a.lastOffset);
    let next = -1;
    const counted = extents.filter(({ lastOffset }) => {
      const isNew = lastOffset >= next;
      next = Math.max(next, lastOffset + 1);
      return isNew;
    });
    extents.splice(0, extents.length, ...counted);
  }
  return byKey.values();
}

export interface DescribedSegment extends SegmentFile {
  /** A journal file that became a segment where it lay. */
  readonly isPromoted: boolean;
  /** Extents that refer to it; undefined when no catalog says it. */
  readonly extentCount: number | undefined;
  /** Undefined when its footer is damaged. */
  readonly partitionCount: number | undefined;
}

export async function* describedSegments(logs: LogsOnDisk): AsyncIterable<DescribedSegment> {
  const { catalog, blobs } = logs;
  for (const segment of await logs.segments()) {
    const head = new Uint8Array(HEAD_BYTES);
    await blobs.read(segment.key, 0, head).catch((error: unknown) => findingOf(error, segment.path));
    const partitionCount = (await footerIfWhole(blobs, segment.segmentId))?.runCount;
    const extentCount = catalog && (catalog.references.get(segment.segmentId) ?? 0);
    yield { ...segment, isPromoted: typeof markIn(head) === "number", extentCount, partitionCount };
  }
}

async function footerIfWhole(blobs: BlobStore, segmentId: number): Promise<Footer | undefined> {
  const footer = await readFooter(blobs, segmentId).catch((error: unknown) => findingOf(error, ""));
  return "kind" in footer ? undefined : footer;
}
