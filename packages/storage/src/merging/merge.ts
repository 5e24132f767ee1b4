// One merge: sources in, segments out, and one commit after the other that lets extents of the sources give way.
//
//   footers ─▶ plan, partition by partition ─▶ a segment is written ─▶ its partitions are committed, some at a time ─▶ the next segment
//
// A source's blob goes with the last extent that refers to it, as everywhere. Abandoned anywhere, what was committed stays, and so does
// what extents still refer to of the sources.
import type { BlobStore } from "../blobs/blob-store.js";
import type { ExtentIndex } from "../catalog/catalog.js";
import type { Replace, Replacement } from "../log/replacement.js";
import { segmentKey } from "../segments/segment.js";
import { mergePlan } from "./merge-plan.js";
import { mergedSegment } from "./merged-segment.js";
import { type KnownSegment, segmentsOf } from "./segment-table.js";
import { openSource, type Source } from "./source.js";

export interface MergePorts {
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly replace: Replace;
  readonly mergedSegmentBytes: number;
  /** Segments that are being committed: not to be deleted, though no extent may refer to them for a moment. */
  readonly committing: Set<number>;
  /** A segment was written, and extents refer to it. */
  readonly written: (segment: KnownSegment) => void;
  /** Comes between slices of the work. Throws to abandon it. */
  readonly pause: () => Promise<void>;
}

/** Memory for what is read of the sources, all together. */
const BUFFER_BYTES = 8 * 1024 * 1024;
const BUFFER_BYTES_MAX = 1024 * 1024;
/** Partitions of one commit. */
const COMMITTED_AT_ONCE = 512;

/** Rejects with CorruptionError or BlobMissing where a source is damaged or gone, with StorageError, or with what `pause` throws. */
export async function merge(ports: MergePorts, sourceIds: readonly number[]): Promise<void> {
  const bufferBytes = Math.min(BUFFER_BYTES_MAX, Math.floor(BUFFER_BYTES / sourceIds.length));
  const sources: Source[] = [];
  for (const id of sourceIds) {
    await ports.pause();
    sources.push(await openSource(ports.blobs, id, Buffer.allocUnsafeSlow(bufferBytes)));
  }
  const plan = mergePlan(ports.extents, ports.blobs, sources);
  while (await plan.peek()) {
    const segmentId = ports.extents.nextSegmentId();
    const segment = mergedSegment(plan, { segmentId, ...ports });
    ports.committing.add(segmentId);
    try {
      await ports.blobs.put(segmentKey(segmentId), segment.parts);
      await commit(ports, segment.replacements());
    } finally {
      await settle(ports, segmentId, segment.replacements());
    }
  }
}

async function commit({ replace, pause }: MergePorts, replacements: readonly Replacement[]): Promise<void> {
  for (let from = 0; from < replacements.length; from += COMMITTED_AT_ONCE) {
    await pause();
    await replace(replacements.slice(from, from + COMMITTED_AT_ONCE));
  }
}

/** Nothing more will refer to the segment: it goes unless something does. */
async function settle({ extents, blobs, committing, written }: MergePorts, segmentId: number, replacements: readonly Replacement[]) {
  committing.delete(segmentId);
  if (await extents.hasSegment(segmentId)) {
    const runs = replacements.flatMap(({ partition, added }) => added.map((extent) => ({ partition, extent })));
    for (const segment of segmentsOf(runs)) written(segment);
    return;
  }
  // What stays all the same is swept at the next start.
  await blobs.delete([segmentKey(segmentId)]).catch(() => {});
}
