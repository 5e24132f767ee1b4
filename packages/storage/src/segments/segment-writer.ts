// Writes a segment as parts for a blob store, from batches that come run by run: bounded memory and bounded slices of work, however
// large the segment is.
import { assert, crc32c, crc32cCombine, type PartitionId } from "@moldau/std";
import type { BlobParts } from "../blobs/blob-store.js";
import type { Extent } from "../catalog/catalog.js";
import { footerWriter } from "./footer.js";
import { CHUNK_BYTES, type Chunk } from "./segment.js";
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
    for await (const { partition, batches } of sources) {
      const run = runInTheMaking(position);
      // Plain iteration where it will do: small runs are many, and each wait costs more than they do.
      if (Symbol.iterator in batches) {
        for (const some of batches) for (const batch of some) if (slice.add(run.add(batch))) yield slice.take();
      } else {
        for await (const some of batches) {
          for (const batch of some) if (slice.add(run.add(batch))) yield slice.take();
          yield slice.take();
        }
      }
      const chunks = run.finish();
      if (chunks.length === 0) continue;
      position += run.lengthBytes();
      footer.add(partition, chunks);
      written.push({ partition, extent: extentOf(segmentId, chunks, run.recordCount()) });
    }
    yield slice.take();
    const footerParts = footer.parts();
    const lengthBytes = footerParts.reduce((sum, part) => sum + part.length, 0);
    const crc = footerParts.reduce((sum, part) => crc32c(part, sum), 0);
    finished = true;
    yield [...footerParts, encodeTrailer(segmentId, { position, lengthBytes, crc })];
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

interface RunInTheMaking {
  /** Gives the batch's bytes, which are the run's next. */
  add(batch: SegmentBatch): Uint8Array;
  finish(): readonly Chunk[];
  recordCount(): number;
  lengthBytes(): number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Cuts a run that begins at `position` into chunks. */
function runInTheMaking(position: number): RunInTheMaking {
  const chunks: Mutable<Chunk>[] = [];
  let open: Mutable<Chunk> | undefined;
  let records = 0;
  let end = position;
  let lastOffset = -1;
  return {
    add({ bytes, baseOffset, lastOffset: last, maxTimestamp, recordCount }) {
      assert(
        baseOffset > lastOffset && last >= baseOffset,
        () => `batch ${baseOffset} to ${last} follows offset ${lastOffset} in a segment`,
      );
      if (open === undefined || open.lengthBytes + bytes.length > CHUNK_BYTES) {
        open = { baseOffset, lastOffset: last, maxTimestamp, position: end, lengthBytes: 0, crc: 0 };
        chunks.push(open);
      }
      open.lastOffset = last;
      open.maxTimestamp = Math.max(open.maxTimestamp, maxTimestamp);
      open.lengthBytes += bytes.length;
      open.crc = crcWithBatch(open.crc, bytes);
      records += recordCount;
      end += bytes.length;
      lastOffset = last;
      return bytes;
    },
    finish: () => chunks,
    recordCount: () => records,
    lengthBytes: () => end - position,
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

function extentOf(segmentId: number, chunks: readonly Chunk[], recordCount: number): Extent {
  const first = chunks[0];
  const last = chunks.at(-1);
  assert(first && last, "a run has at least one chunk");
  return {
    baseOffset: first.baseOffset,
    lastOffset: last.lastOffset,
    segmentId,
    position: first.position,
    lengthBytes: last.position + last.lengthBytes - first.position,
    chunkCount: chunks.length,
    crc: chunks.length === 1 ? first.crc : 0,
    maxTimestamp: chunks.reduce((max, chunk) => Math.max(max, chunk.maxTimestamp), first.maxTimestamp),
    recordCount,
  };
}
