// Which bytes of a chunk a reader gets: whole batches, from the one that holds its offset on, within its budget.
import { batchBaseOffset, batchLastOffset, nextBatch } from "@moldau/records";
import type { CachedChunk } from "./chunk-cache.js";
import type { Chunk } from "./segment.js";

export interface SliceBounds {
  readonly maxBytes: number;
  /** Give one batch even if it is larger than maxBytes. */
  readonly atLeastOne: boolean;
  /** Only batches with base offsets below this. */
  readonly below: number;
}

export interface ChunkSlice {
  readonly start: number;
  readonly end: number;
  /** One past the last offset in the slice, or past the chunk when it ends there; the offset asked for when the slice is empty. */
  readonly nextOffset: number;
  /** Nothing of the chunk is left after the slice. */
  readonly atEnd: boolean;
}

/** The slice for `fromOffset`, which is at most chunk.lastOffset; "damaged" when the bytes are not batches. */
export function sliceOf(cached: CachedChunk, chunk: Chunk, fromOffset: number, bounds: SliceBounds): ChunkSlice | "damaged" {
  const { bytes } = cached;
  let start = fromOffset <= chunk.baseOffset ? 0 : startOf(cached, fromOffset);
  for (; start < bytes.length; ) {
    const next = nextBatch(bytes, start, bytes.length);
    if (next < 0) return "damaged";
    if (batchLastOffset(bytes, start) >= fromOffset) break;
    start = next;
  }
  const whole = bytes.length - start <= bounds.maxBytes && chunk.lastOffset < bounds.below;
  const slice = whole ? undefined : walk(bytes, start, fromOffset, bounds);
  if (slice === "damaged") return slice;
  const end = slice?.end ?? bytes.length;
  const atEnd = end === bytes.length;
  const nextOffset = atEnd ? chunk.lastOffset + 1 : (slice?.nextOffset ?? fromOffset);
  if (end > start) cached.resume = { offset: nextOffset, position: end };
  return { start, end, nextOffset, atEnd };
}

/** A batch's position from which to walk: where the last reader stopped, when this one goes on there. */
const startOf = ({ resume }: CachedChunk, fromOffset: number): number =>
  resume.offset >= 0 && resume.offset <= fromOffset ? resume.position : 0;

function walk(bytes: Uint8Array, start: number, fromOffset: number, { maxBytes, atLeastOne, below }: SliceBounds) {
  let end = start;
  let nextOffset = fromOffset;
  while (end < bytes.length && batchBaseOffset(bytes, end) < below) {
    const next = nextBatch(bytes, end, bytes.length);
    if (next < 0) return "damaged";
    const first = end === start && atLeastOne;
    if (next - start > maxBytes && !first) break;
    nextOffset = batchLastOffset(bytes, end) + 1;
    end = next;
  }
  return { end, nextOffset };
}
