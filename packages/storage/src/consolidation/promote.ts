// Promotion: a full journal file, most of whose bytes are large runs of few partitions, becomes a segment where it lies, so that these
// bytes are written once (docs/decisions/0007). What little else it holds goes to segments as in any round.
//
//   chunks of the runs ─▶ footer behind the groups, mark in the header ─▶ second name: the segment's ─▶ (commit) ─▶ it leaves the ring
//
// Until the commit the file is the journal's and is replayed as ever; from the commit on it is a segment and is never written again.
import type { BlobStore } from "../blobs/blob-store.js";
import type { ExtentIndex } from "../catalog/catalog.js";
import type { FullFile, Journal } from "../journal/journal.js";
import type { Tail } from "../log/tail.js";
import { bytesInMemory } from "../log/tail-groups.js";
import { footerWriter } from "../segments/footer.js";
import { type RunChunks, runChunks } from "../segments/run-chunks.js";
import { segmentKey } from "../segments/segment.js";
import { encodePromotedEnd } from "../segments/segment-frame.js";
import type { PlannedRun } from "./plan.js";
import type { WrittenRun } from "./write-segment.js";

export interface PromotionPorts {
  readonly journal: Journal;
  readonly tail: Tail;
  readonly blobs: BlobStore;
  readonly extents: ExtentIndex;
  /** Comes between slices of the work. */
  readonly pause: () => Promise<void>;
}

/** The full file that the tail begins in, if the journal and the blobs can make a segment of it. */
export function fileToPromote({
  journal,
  blobs,
  tail: { groups },
}: Pick<PromotionPorts, "journal" | "blobs" | "tail">): FullFile | undefined {
  if (!blobs.adopt || !journal.files || groups.next === groups.end) return undefined;
  return journal.files.full(groups.get(groups.next).location.file);
}

/**
 * Makes the file a segment of these runs, all in it; gives what to commit. Undefined when that is not possible: their groups have left
 * memory, or the file system has no second names.
 */
export async function promote(
  ports: PromotionPorts,
  file: FullFile,
  runs: readonly PlannedRun[],
): Promise<readonly WrittenRun[] | undefined> {
  const { blobs, extents, pause } = ports;
  const stored: { readonly run: PlannedRun; readonly chunks: RunChunks }[] = [];
  for (const run of runs) {
    const chunks = await chunksInPlace(run, ports);
    if (!chunks) return undefined;
    stored.push({ run, chunks });
    await pause();
  }
  stored.sort((a, b) => positionOf(a.chunks) - positionOf(b.chunks));
  const footer = footerWriter();
  for (const { run, chunks } of stored) footer.add(run.log.partition, chunks.chunks);
  const segmentId = file.segmentId ?? extents.nextSegmentId();
  await file.mark(segmentId, encodePromotedEnd(segmentId, footer.parts(), file.endPosition));
  if (!(await blobs.adopt?.(segmentKey(segmentId), file.path))) return undefined;
  return stored.map(({ run, chunks }) => ({ log: run.log, extent: chunks.extent(segmentId) }));
}

const positionOf = ({ chunks: [first] }: RunChunks): number => first?.position ?? 0;

/** Batches looked at in one go: small ones are summed anew. */
const BATCHES_AT_ONCE = 512;

/** The run's chunks where the journal has them. Undefined when the groups are not all in memory, for each batch is looked at. */
async function chunksInPlace({ log, firstBatch, batchCount }: PlannedRun, { tail, pause }: PromotionPorts): Promise<RunChunks | undefined> {
  const { rows, groups } = tail;
  const run = runChunks();
  for (let i = 0; i < batchCount; i++) {
    if (i % BATCHES_AT_ONCE === BATCHES_AT_ONCE - 1) await pause();
    const row = log.tail[firstBatch + i] as number;
    const group = groups.get(rows.group(row));
    const memory = bytesInMemory(group);
    if (!memory) return undefined;
    const start = memory.position + rows.position(row);
    const batch = {
      bytes: memory.bytes.subarray(start, start + rows.lengthBytes(row)),
      baseOffset: rows.baseOffset(row),
      lastOffset: rows.lastOffset(row),
      maxTimestamp: rows.maxTimestamp(row),
      recordCount: rows.recordCount(row),
    };
    run.add(batch, group.location.position + rows.position(row));
  }
  return run;
}
