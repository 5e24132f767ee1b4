// The chunks of a run, and the extent that it becomes: built batch by batch, wherever the batches lie in the segment.
import { assert, crc32c, crc32cCombine } from "@moldau/std";
import type { Extent } from "../catalog/catalog.js";
import { CHUNK_BYTES, type Chunk } from "./segment.js";
import type { SegmentBatch } from "./segment-writer.js";

export interface RunChunks {
  /** Adds the batch, which follows the last one in offset order and lies at `position` of the segment. */
  add(batch: SegmentBatch, position: number): void;
  readonly chunks: readonly Chunk[];
  /** What to commit; there is a chunk. It covers the batches' offsets, or those of `covers`, where batches are missing that were compacted away. */
  extent(segmentId: number, covers?: OffsetRange): Extent;
}

/** Offsets from `baseOffset` through `lastOffset`. */
export type OffsetRange = Pick<Extent, "baseOffset" | "lastOffset">;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Batches that lie one behind the other share a chunk, up to CHUNK_BYTES together. */
export function runChunks(): RunChunks {
  const chunks: Mutable<Chunk>[] = [];
  let open: Mutable<Chunk> | undefined;
  let recordCount = 0;
  let end = 0;
  let lastOffset = -1;
  return {
    chunks,
    add({ bytes, baseOffset, lastOffset: last, maxTimestamp, recordCount: records }, position) {
      assert(
        baseOffset > lastOffset && last >= baseOffset,
        () => `batch ${baseOffset} to ${last} follows offset ${lastOffset} in a segment`,
      );
      if (open === undefined || position !== end || open.lengthBytes + bytes.length > CHUNK_BYTES) {
        assert(position >= end, "a run's bytes lie in offset order");
        open = { baseOffset, lastOffset: last, maxTimestamp, position, lengthBytes: 0, crc: 0 };
        chunks.push(open);
      }
      open.lastOffset = last;
      open.maxTimestamp = Math.max(open.maxTimestamp, maxTimestamp);
      open.lengthBytes += bytes.length;
      open.crc = crcWithBatch(open.crc, bytes);
      recordCount += records;
      end = position + bytes.length;
      lastOffset = last;
    },
    extent: (segmentId, covers) => ({ ...extentOf(segmentId, chunks, recordCount), ...covers }),
  };
}

/** Where the batch's own checksum stands (big-endian), and from where on it covers the batch. */
const BATCH_CRC_AT = 17;
const BATCH_CRC_COVERS_FROM = 21;
/** Below this many bytes summing costs less than combining. */
const WORTH_COMBINING_BYTES = 4096;

/**
 * The checksum of what `crc` covers followed by the batch. A large batch is not summed again: its own checksum, which was verified
 * when it came in, stands for its bytes. If they have changed since, the chunk is found damaged when it is read, as it should be.
 */
function crcWithBatch(crc: number, batch: Uint8Array): number {
  if (batch.length < WORTH_COMBINING_BYTES) return crc32c(batch, crc);
  const own = new DataView(batch.buffer, batch.byteOffset).getUint32(BATCH_CRC_AT);
  const before = crc32c(batch.subarray(0, BATCH_CRC_COVERS_FROM), crc);
  return crc32cCombine(before, own, batch.length - BATCH_CRC_COVERS_FROM);
}

/** What to commit for these chunks of a run, one at least. */
export function extentOf(segmentId: number, chunks: readonly Chunk[], recordCount: number): Extent {
  const first = chunks[0];
  const last = chunks.at(-1);
  assert(first && last, "a run has at least one chunk");
  return {
    baseOffset: first.baseOffset,
    lastOffset: last.lastOffset,
    segmentId,
    position: first.position,
    lengthBytes: chunks.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    chunkCount: chunks.length,
    crc: chunks.length === 1 ? first.crc : 0,
    maxTimestamp: chunks.reduce((max, chunk) => Math.max(max, chunk.maxTimestamp), first.maxTimestamp),
    recordCount,
  };
}
