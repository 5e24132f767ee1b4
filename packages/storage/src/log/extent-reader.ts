// Reads batches that consolidation has moved to segments: the catalog says which extent has an offset, the segment reader gives the
// bytes, verified and cached. A log remembers the extents found last, for the next read of the same reader.
import { BlobMissing, type BlobStore } from "../blobs/blob-store.js";
import type { Extent, ExtentIndex } from "../catalog/catalog.js";
import { CorruptionError } from "../errors.js";
import { type Chunk, segmentKey } from "../segments/segment.js";
import type { SegmentReader, SegmentSlice } from "../segments/segment-reader.js";
import type { Gathering } from "./gathering.js";
import { NO_EXTENTS, type PartitionLog } from "./partition-log.js";

export interface ExtentReader {
  /**
   * Adds batches of one extent, from the one that holds `from` on or the next there is, below offset `limit`, while they fit. Gives
   * the offset to go on at, at once when all was in memory.
   */
  add(into: Gathering, log: PartitionLog, from: number, limit: number): number | Promise<number>;
  /** Extents from the one that holds `from` on; empty when there is none. */
  page(log: PartitionLog, from: number): Promise<readonly Extent[]>;
  /** The chunks of an extent, in offset order. */
  chunks(extent: Extent): Promise<readonly Chunk[]>;
}

export interface ExtentPorts {
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly segments: SegmentReader;
}

/** Extents looked up at once. */
const FOUND_AT_ONCE = 16;

export function extentReader({ extents, blobs, segments }: ExtentPorts): ExtentReader {
  const page = (log: PartitionLog, from: number) => extents.find(log.partition, from, FOUND_AT_ONCE);

  const read = (into: Gathering, { extent, following }: Found, from: number, limit: number): number | Promise<number> => {
    const slice = segments.readChunks(extent, from, { ...into.left(), below: limit, next: following });
    return slice instanceof Promise ? slice.then((late) => keep(into, late)) : keep(into, slice);
  };

  const lookUp = async (into: Gathering, log: PartitionLog, from: number, limit: number): Promise<number> => {
    for (let missing: string | undefined; ; ) {
      log.foundExtents = await page(log, from);
      const found = findIn(log.foundExtents, from);
      // Trimmed away meanwhile.
      if (!found) return from;
      const key = segmentKey(found.extent.segmentId);
      // Invariant: an extent's segment exists. A segment that is gone twice in a row was not replaced, it was lost.
      if (missing === key) throw new CorruptionError(blobs.location(key), 0, "the segment is missing");
      try {
        return await read(into, found, from, limit);
      } catch (error) {
        if (!(error instanceof BlobMissing)) throw error;
        missing = key;
      }
    }
  };

  return {
    add(into, log, from, limit) {
      const found = findIn(log.foundExtents, from);
      if (!found) return lookUp(into, log, from, limit);
      const next = read(into, found, from, limit);
      if (!(next instanceof Promise)) return next;
      return next.catch((error: unknown) => {
        if (!(error instanceof BlobMissing)) throw error;
        return lookUp(into, log, from, limit);
      });
    },
    page,
    chunks: segments.chunks,
  };
}

interface Found {
  readonly extent: Extent;
  readonly following: Extent | undefined;
}

/** The extent that holds the offset, if it is among these, which are contiguous. */
function findIn(extents: readonly Extent[], offset: number): Found | undefined {
  const [first = undefined] = extents;
  if (!first || offset < first.baseOffset) return undefined;
  const index = extents.findIndex(({ lastOffset }) => lastOffset >= offset);
  const extent = extents[index];
  return extent && { extent, following: extents[index + 1] };
}

/** What the slice holds becomes part of the gathering. */
function keep(into: Gathering, slice: SegmentSlice): number {
  for (const part of slice.parts) into.add(part);
  into.hold(slice);
  return slice.nextOffset;
}

/** Forgets what a log's reader has found: it has reached the tail, or the extents have changed. */
export function forgetExtents(log: PartitionLog): void {
  log.foundExtents = NO_EXTENTS;
}
