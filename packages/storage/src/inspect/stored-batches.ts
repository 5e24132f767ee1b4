// The batches of a partition, of a journal file, of a segment, of any file: as they are stored, in order, with what is damaged between.
import { type BatchFault, batchBaseOffset, batchLastOffset } from "@moldau/records";
import { crc32c, type PartitionId, partitionKey } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent } from "../catalog/catalog.js";
import { type Chunk, segmentKey } from "../segments/segment.js";
import { readFooter, segmentFooters } from "../segments/segment-footers.js";
import { HEAD_BYTES } from "../segments/segment-frame.js";
import { type Finding, findingOf } from "./finding.js";
import { type JournalBatch, type JournalSurvey, journalBatches, type SurveyedGroup } from "./journal-survey.js";
import { type ByteSource, memorySource, plainBatches, type Stretch } from "./plain-batches.js";

export interface StoredBatch {
  readonly path: string;
  readonly position: number;
  /** The batch, valid until the next one is asked for. */
  readonly bytes: Uint8Array;
  /** What is wrong with it: readers don't get it then. */
  readonly fault: BatchFault | undefined;
  /** Unknown in files that don't say it. */
  readonly partition: PartitionId | undefined;
  /** The journal group that it is part of. */
  readonly journalGroup?: number;
}

export type StoredItem =
  | { readonly batch: StoredBatch; readonly finding?: undefined }
  | { readonly finding: Finding; readonly batch?: undefined };

const FOOTER_BYTES = 16 * 1024 * 1024;

/** The batches of extents that hold `fromOffset` or more. */
export async function* extentBatches(
  blobs: BlobStore,
  partition: PartitionId,
  extents: readonly Extent[],
  fromOffset: number,
): AsyncIterable<StoredItem> {
  const footers = segmentFooters({ blobs, maxBytes: FOOTER_BYTES });
  for (const extent of extents) {
    if (extent.lastOffset < fromOffset) continue;
    const path = blobs.location(segmentKey(extent.segmentId));
    const { baseOffset: firstOffset, lastOffset } = extent;
    try {
      const chunks = await footers.chunks(extent);
      for (let index = chunks.firstEndingAt(fromOffset); index < chunks.count; index++) {
        yield* chunkBatches(blobs, extent.segmentId, partition, chunks.chunk(index), fromOffset);
      }
    } catch (error) {
      yield { finding: { ...findingOf(error, path), partition, firstOffset, lastOffset } };
    }
  }
}

async function* chunkBatches(
  blobs: BlobStore,
  segmentId: number,
  partition: PartitionId,
  { position, lengthBytes, crc, baseOffset, lastOffset }: Chunk,
  fromOffset: number,
): AsyncIterable<StoredItem> {
  const bytes = new Uint8Array(lengthBytes);
  const read = await blobs.read(segmentKey(segmentId), position, bytes);
  const path = blobs.location(segmentKey(segmentId));
  // A batch's own checksum leaves out its offsets; the chunk's has them.
  if (crc32c(bytes.subarray(0, read)) !== crc) {
    const message = `the checksum of ${lengthBytes} bytes from here on differs`;
    yield { finding: { kind: "batch", path, position, partition, firstOffset: baseOffset, lastOffset, message } };
  }
  for await (const item of stretchItems(path, partition, plainBatches(memorySource(bytes.subarray(0, read))), position)) {
    if (!item.batch || item.batch.fault || batchLastOffset(item.batch.bytes, 0) >= fromOffset) yield item;
  }
}

/** The batches of these groups, of one partition or of all; those that extents hold as well (below `fromOffset`) left out. */
export async function* tailBatches(
  journal: JournalSurvey,
  groups: Iterable<SurveyedGroup>,
  { partition, fromOffset = 0 }: { readonly partition?: PartitionId; readonly fromOffset?: number } = {},
): AsyncIterable<StoredItem> {
  const wanted = partition && partitionKey(partition);
  for await (const batch of journalBatches(journal, groups)) {
    if (wanted !== undefined && partitionKey(batch.entry.partition) !== wanted) continue;
    if (batch.entry.lastOffset >= fromOffset) yield { batch: ofJournal(batch) };
  }
}

function ofJournal({ group, entry, bytes, isIntact }: JournalBatch): StoredBatch {
  const fault: BatchFault | undefined = isIntact
    ? undefined
    : { kind: "crc", error: "CORRUPT_MESSAGE", message: "the batch is not what was written" };
  return {
    path: group.file.path,
    position: group.position + entry.position,
    bytes,
    fault,
    partition: entry.partition,
    journalGroup: group.sequence,
  };
}

/** All batches of a segment, run by run; of one whose footer is lost, whatever batches are found in it. */
export async function* segmentBatches(blobs: BlobStore, segmentId: number, source: ByteSource): AsyncIterable<StoredItem> {
  const path = blobs.location(segmentKey(segmentId));
  const footer = await readFooter(blobs, segmentId).catch((error: unknown) => findingOf(error, path));
  if ("kind" in footer) {
    yield { finding: footer };
    yield* stretchItems(path, undefined, plainBatches(source, HEAD_BYTES), 0);
    return;
  }
  for (let index = 0; index < footer.runCount; index++) {
    const { partition, chunks } = footer.run(index);
    for (const chunk of chunks) yield* chunkBatches(blobs, segmentId, partition, chunk, 0);
  }
}

/** The batches of a file that has nothing but batches, as Kafka's .log files. */
export const fileBatches = (path: string, source: ByteSource): AsyncIterable<StoredItem> =>
  stretchItems(path, undefined, plainBatches(source), 0);

async function* stretchItems(
  path: string,
  partition: PartitionId | undefined,
  stretches: AsyncIterable<Stretch>,
  basePosition: number,
): AsyncIterable<StoredItem> {
  for await (const stretch of stretches) {
    const position = basePosition + stretch.position;
    if (stretch.kind === "batch") yield { batch: { path, position, bytes: stretch.bytes, fault: stretch.fault, partition } };
    else yield { finding: { ...stretchFinding(stretch, path, position), ...(partition && { partition }) } };
  }
}

function stretchFinding(stretch: Exclude<Stretch, { kind: "batch" }>, path: string, position: number): Finding {
  const count = `${stretch.lengthBytes} bytes`;
  if (stretch.kind === "zeros")
    return { kind: "cut-off", path, position, message: `${count} of zeros: space that was prepared and not written` };
  if (stretch.kind === "cut-off") return { kind: "cut-off", path, position, message: `the last batch is cut off after ${count}` };
  return { kind: "batch", path, position, message: `${count} are no batches: ${stretch.fault.message}` };
}

/** What is wrong with a file of batches: the batches' faults, and offsets that do not ascend. */
export async function* batchFindings(items: AsyncIterable<StoredItem>): AsyncIterable<Finding> {
  let path = "";
  let next = Number.NEGATIVE_INFINITY;
  for await (const { batch, finding } of items) {
    if (finding) {
      yield finding;
      continue;
    }
    const { position, bytes, fault, partition } = batch;
    const offsets = { firstOffset: batchBaseOffset(bytes, 0), lastOffset: batchLastOffset(bytes, 0) };
    const about = { path: batch.path, position, ...(partition && { partition }), ...offsets };
    if (fault) yield { kind: "batch", ...about, message: fault.message };
    else if (batch.path === path && offsets.firstOffset < next && !partition)
      yield { kind: "batch", ...about, message: `the batch before this one ended at offset ${next - 1}` };
    if (!fault) next = offsets.lastOffset + 1;
    path = batch.path;
  }
}
