// The segments that a start finds: which there are, and what their footers say of them. Data is not read, and nothing waits for it.
import type { BlobStore } from "../blobs/blob-store.js";
import { BlobMissing } from "../blobs/blob-store.js";
import type { ExtentIndex } from "../catalog/catalog.js";
import { CorruptionError } from "../errors.js";
import type { Footer } from "../segments/footer.js";
import { segmentIdOf } from "../segments/segment.js";
import { readFooter } from "../segments/segment-footers.js";
import { HEAD_BYTES } from "../segments/segment-frame.js";
import { comparePartitions } from "./compare-partitions.js";
import type { KnownSegment } from "./segment-table.js";

export interface SurveyPorts {
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly found: (segment: KnownSegment) => void;
  readonly damaged: (error: CorruptionError) => void;
  /** Comes between segments. Throws to abandon the survey. */
  readonly pause: () => Promise<void>;
}

/** Finds the segments older than `firstNewSegment` that extents refer to. Rejects with StorageError. */
export async function survey({ extents, blobs, found, damaged, pause }: SurveyPorts, firstNewSegment: number): Promise<void> {
  for await (const { key } of blobs.list("segments/")) {
    await pause();
    const id = segmentIdOf(key);
    if (id === undefined || id >= firstNewSegment || !(await extents.hasSegment(id))) continue;
    try {
      found(describedBy(await readFooter(blobs, id), id));
    } catch (error) {
      if (error instanceof CorruptionError) damaged(error);
      else if (!(error instanceof BlobMissing)) throw error;
    }
  }
}

function describedBy(footer: Footer, id: number): KnownSegment {
  let first = footer.partition(0);
  let last = first;
  for (let run = 1; run < footer.runCount; run++) {
    const partition = footer.partition(run);
    if (comparePartitions(partition, first) < 0) first = partition;
    if (comparePartitions(partition, last) > 0) last = partition;
  }
  return { id, runs: footer.runCount, sizeBytes: footer.position - HEAD_BYTES, first, last };
}
