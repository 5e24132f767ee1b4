// Writes a segment as parts for a blob store, from batches that come run by run: bounded memory and bounded slices of work, however
// large the segment is.
import { assert, crc32c, type PartitionId } from "@moldau/std";
import type { BlobParts } from "../blobs/blob-store.js";
import type { Extent } from "../catalog/catalog.js";
import { footerWriter } from "./footer.js";
import { type OffsetRange, runChunks } from "./run-chunks.js";
import { encodeHead, encodeTrailer, HEAD_BYTES } from "./segment-frame.js";

/** One batch, whose own checksum was verified, and the facts of its header. */
export interface SegmentBatch {
  readonly bytes: Uint8Array;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  readonly recordCount: number;
}

/**
 * A partition's batches in offset order, some at a time. What an asynchronous iterable gives stays unchanged until it is asked for
 * the next; what any other gives, until the segment is written.
 */
export interface RunSource {
  readonly partition: PartitionId;
  /** The offsets that the run stands for, when they are more than its batches have. */
  readonly covers?: OffsetRange;
  readonly batches: AsyncIterable<readonly SegmentBatch[]> | Iterable<readonly SegmentBatch[]>;
}

export interface WrittenRun {
  readonly partition: PartitionId;
  readonly extent: Extent;
}

export interface SegmentParts {
  /** For BlobStore.put, once. */
  readonly parts: BlobParts;
  /** What to commit, in the order of the sources, once the parts have been written. A source without batches has no run. */
  runs(): readonly WrittenRun[];
}

/** The most that is checksummed and handed on in one go. */
const SLICE_BYTES = 256 * 1024;

/** The segment that holds the sources' runs. */
export function segmentParts(segmentId: number, sources: AsyncIterable<RunSource> | Iterable<RunSource>): SegmentParts {
  const written: WrittenRun[] = [];
  let finished = false;

  async function* parts(): AsyncIterable<readonly Uint8Array[]> {
    const footer = footerWriter();
    const slice = sliceInTheMaking();
    let position = HEAD_BYTES;
    yield [encodeHead(segmentId)];
    for await (const { partition, batches, covers } of sources) {
      const run = runChunks();
      const added = (batch: SegmentBatch): Uint8Array => {
        run.add(batch, position);
        position += batch.bytes.length;
        return batch.bytes;
      };
      // Plain iteration where it will do: small runs are many, and each wait costs more than they do.
      if (Symbol.iterator in batches) {
        for (const some of batches) for (const batch of some) if (slice.add(added(batch))) yield slice.take();
      } else {
        for await (const some of batches) {
          for (const batch of some) if (slice.add(added(batch))) yield slice.take();
          yield slice.take();
        }
      }
      if (run.chunks.length === 0) continue;
      footer.add(partition, run.chunks);
      written.push({ partition, extent: run.extent(segmentId, covers) });
    }
    yield slice.take();
    const footerParts = footer.parts();
    const lengthBytes = footerParts.reduce((sum, part) => sum + part.length, 0);
    const crc = footerParts.reduce((sum, part) => crc32c(part, sum), 0);
    finished = true;
    yield [...footerParts, encodeTrailer(segmentId, { position, lengthBytes, crc, layout: "dense" })];
  }

  return {
    parts: parts(),
    runs() {
      assert(finished, "a segment's runs are asked for before its parts were written");
      return written;
    },
  };
}

/** Gathers batches, of one run or of several small ones, until there is enough to hand on. */
function sliceInTheMaking() {
  let slice: Uint8Array[] = [];
  let sliceBytes = 0;
  return {
    /** Whether the slice is large enough now. */
    add(batch: Uint8Array): boolean {
      slice.push(batch);
      sliceBytes += batch.length;
      return sliceBytes >= SLICE_BYTES;
    },
    take(): readonly Uint8Array[] {
      const taken = slice;
      slice = [];
      sliceBytes = 0;
      return taken;
    },
  };
}
