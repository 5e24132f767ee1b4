// Writes the planned segments of a round as blobs, one after another, from the groups held in memory.
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent, ExtentIndex } from "../catalog/catalog.js";
import type { PartitionLog } from "../log/partition-log.js";
import type { TailRows } from "../log/tail-rows.js";
import { segmentKey } from "../segments/segment.js";
import { type RunSource, type SegmentBatch, segmentParts } from "../segments/segment-writer.js";
import type { GroupBytes } from "./group-bytes.js";
import type { PlannedRun } from "./plan.js";

export interface WrittenRun {
  readonly log: PartitionLog;
  readonly extent: Extent;
}

export interface SegmentSink {
  readonly blobs: BlobStore;
  readonly extents: ExtentIndex;
  readonly rows: TailRows;
  /** Comes between slices of the work. */
  readonly pause: () => Promise<void>;
}

/** Batches handed on between two looks at the event loop: half a millisecond's work when they are small. Large ones wait for the disk. */
const BATCHES_AT_ONCE = 512;

/** The runs as they are stored, in order. When it throws, what was written is deleted again. */
export async function writeSegments(
  sink: SegmentSink,
  segments: readonly (readonly PlannedRun[])[],
  memory: GroupBytes,
): Promise<WrittenRun[]> {
  const { blobs, extents } = sink;
  const written: WrittenRun[] = [];
  const keys: string[] = [];
  try {
    for (const runs of segments) {
      const segmentId = extents.nextSegmentId();
      const { parts, runs: stored } = segmentParts(segmentId, sources(runs, sink, memory));
      keys.push(segmentKey(segmentId));
      await blobs.put(segmentKey(segmentId), parts);
      for (const [i, { extent }] of stored().entries()) written.push({ log: (runs[i] as PlannedRun).log, extent });
    }
  } catch (error) {
    // What stays all the same is swept at the next start.
    await blobs.delete(keys).catch(() => {});
    throw error;
  }
  return written;
}

async function* sources(runs: readonly PlannedRun[], { rows, pause }: SegmentSink, memory: GroupBytes): AsyncIterable<RunSource> {
  let handedOn = 0;
  for (const run of runs) {
    const { partition } = run.log;
    if (run.batchCount > BATCHES_AT_ONCE) {
      yield { partition, batches: withPauses(batchesOf(run, rows, memory), pause) };
      continue;
    }
    handedOn += run.batchCount;
    if (handedOn > BATCHES_AT_ONCE) {
      await pause();
      handedOn = run.batchCount;
    }
    yield { partition, batches: batchesOf(run, rows, memory) };
  }
}

async function* withPauses<Item>(items: Iterable<Item>, pause: () => Promise<void>): AsyncIterable<Item> {
  for (const item of items) {
    yield item;
    await pause();
  }
}

function* batchesOf({ log, firstBatch, batchCount }: PlannedRun, rows: TailRows, memory: GroupBytes): Iterable<readonly SegmentBatch[]> {
  const end = firstBatch + batchCount;
  for (let from = firstBatch; from < end; from += BATCHES_AT_ONCE) {
    yield log.tail.slice(from, Math.min(from + BATCHES_AT_ONCE, end)).map((row) => ({
      bytes: memory.batch(row),
      baseOffset: rows.baseOffset(row),
      lastOffset: rows.lastOffset(row),
      maxTimestamp: rows.maxTimestamp(row),
      recordCount: rows.recordCount(row),
    }));
  }
}
