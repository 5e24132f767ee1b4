// Batches and segments for tests.
import { BATCH_HEADER_BYTES, batchCrc } from "@moldau/records";
import { type PartitionId, partitionIndex, topicId, writeInt53BE } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent } from "../catalog/catalog.js";
import { segmentKey } from "./segment.js";
import { viewOf } from "./segment-frame.js";
import { type RunSource, type SegmentBatch, segmentParts, type WrittenRun } from "./segment-writer.js";

export const partitionOf = (index: number): PartitionId => ({ topicId: topicId("U2VnbWVudHMgYXJlIGhlcg"), index: partitionIndex(index) });

/** A batch as far as storage looks into it: a header that says how long it is and which offsets it has, a right checksum, and a body unlike any other. */
export function batchOf(baseOffset: number, recordCount: number, bodyBytes: number, maxTimestamp = baseOffset): SegmentBatch {
  const bytes = new Uint8Array(BATCH_HEADER_BYTES + bodyBytes);
  const view = viewOf(bytes);
  writeInt53BE(bytes, 0, baseOffset);
  view.setInt32(8, bytes.length - 12);
  bytes[16] = 2;
  view.setInt32(23, recordCount - 1);
  writeInt53BE(bytes, 35, maxTimestamp);
  for (let i = BATCH_HEADER_BYTES, state = baseOffset + 1; i < bytes.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 24;
  }
  view.setUint32(17, batchCrc(bytes, 0));
  return { bytes, baseOffset, lastOffset: baseOffset + recordCount - 1, maxTimestamp, recordCount };
}

/** Batches without holes, from sizes. */
export function batchesOf(sizes: readonly { readonly records: number; readonly bodyBytes: number }[], from = 0): readonly SegmentBatch[] {
  let next = from;
  return sizes.map(({ records, bodyBytes }) => {
    const batch = batchOf(next, records, bodyBytes);
    next += records;
    return batch;
  });
}

export async function writeSegment(blobs: BlobStore, segmentId: number, sources: readonly RunSource[]): Promise<readonly WrittenRun[]> {
  const { parts, runs } = segmentParts(segmentId, sources);
  await blobs.put(segmentKey(segmentId), parts);
  return runs();
}

/** Writes a segment of one run. */
export async function writeRun(blobs: BlobStore, segmentId: number, batches: readonly SegmentBatch[]): Promise<Extent> {
  const [run] = await writeSegment(blobs, segmentId, [{ partition: partitionOf(0), batches: [batches] }]);
  if (run === undefined) throw new Error("a run without batches");
  return run.extent;
}
