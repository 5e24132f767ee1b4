// A run that is put together from runs: chunks that follow one another become one while they fit, by combining their checksums.
import { crc32cCombine } from "@moldau/std";
import type { Extent } from "../catalog/catalog.js";
import { extentOf } from "../segments/run-chunks.js";
import { CHUNK_BYTES, type Chunk } from "../segments/segment.js";

export interface MergedRun {
  /** Adds a chunk of another segment, which follows the last one in offset order. */
  add(chunk: Chunk): void;
  readonly chunks: readonly Chunk[];
  /** The first byte after the run. */
  readonly endPosition: number;
  /** What stands for these extents, whose chunks were added. It covers their offsets. */
  extent(segmentId: number, merged: readonly Extent[]): Extent;
}

/** The run begins at that position of its segment. */
export function mergedRun(position: number): MergedRun {
  const chunks: Chunk[] = [];
  let endPosition = position;
  return {
    chunks,
    get endPosition() {
      return endPosition;
    },
    add(chunk) {
      const last = chunks.at(-1);
      if (last && last.lengthBytes + chunk.lengthBytes <= CHUNK_BYTES) chunks[chunks.length - 1] = together(last, chunk);
      else chunks.push({ ...chunk, position: endPosition });
      endPosition += chunk.lengthBytes;
    },
    extent(segmentId, merged) {
      const recordCount = merged.reduce((sum, extent) => sum + extent.recordCount, 0);
      const maxTimestamp = merged.reduce((max, extent) => Math.max(max, extent.maxTimestamp), Number.NEGATIVE_INFINITY);
      const run = extentOf(segmentId, chunks, recordCount);
      return {
        ...run,
        maxTimestamp,
        baseOffset: merged[0]?.baseOffset ?? run.baseOffset,
        lastOffset: merged.at(-1)?.lastOffset ?? run.lastOffset,
      };
    },
  };
}

const together = (first: Chunk, second: Chunk): Chunk => ({
  baseOffset: first.baseOffset,
  lastOffset: second.lastOffset,
  maxTimestamp: Math.max(first.maxTimestamp, second.maxTimestamp),
  position: first.position,
  lengthBytes: first.lengthBytes + second.lengthBytes,
  crc: crc32cCombine(first.crc, second.crc, second.lengthBytes),
});
