// Reads batches from segments: finds the chunk, has it in memory and verified, and gives slices of it. What is in memory is given at
// once; what is not, behind a promise. Sequential readers find the next chunk read ahead.
import { crc32c } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent } from "../catalog/catalog.js";
import { CorruptionError } from "../errors.js";
import type { LogSlice, ReadOptions } from "../log/log.js";
import type { CachedChunk, ChunkCache, ChunkRequest } from "./chunk-cache.js";
import { type ChunkSlice, sliceOf } from "./chunk-slice.js";
import type { ChunkList } from "./footer.js";
import { readAhead } from "./read-ahead.js";
import { type Chunk, segmentKey } from "./segment.js";
import { segmentFooters } from "./segment-footers.js";

export interface SegmentReader {
  /**
   * Whole batches of `extent`, from the one that holds `fromOffset` on, with base offsets below `below`: at most maxBytes, but at
   * least one batch when `atLeastOne`. It may give less than there is: go on at `nextOffset`, which is past the extent when it has
   * no more. Rejects with CorruptionError, or with BlobMissing when the segment was deleted since the extent was looked up.
   *
   * When all cache memory is in use, a read with `atLeastOne` waits for some; any other comes back empty. So only a reader that
   * holds no other slice may ask for at least one: the first of a fetch.
   */
  readChunks(extent: Extent, fromOffset: number, options: SegmentReadOptions): SegmentSlice | Promise<SegmentSlice>;
  /** The extent's chunks in order, to look for timestamps. */
  chunks(extent: Extent): Promise<readonly Chunk[]>;
  /** The segments' blobs are deleted. */
  forget(segmentIds: readonly number[]): void;
  stats(): SegmentReaderStats;
}

export interface SegmentReadOptions extends ReadOptions {
  /** The extent after this one, to read ahead across the boundary. */
  readonly next?: Extent | undefined;
}

export interface SegmentSlice extends LogSlice {
  readonly nextOffset: number;
}

export interface SegmentReaderStats {
  /** Chunks found in memory, and chunks that a reader had to wait for. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** Chunks read from blobs, those read ahead included. */
  readonly blobReads: number;
  readonly blobReadBytes: number;
}

export interface SegmentReaderOptions {
  readonly blobs: BlobStore;
  readonly cache: ChunkCache;
  /** Bound of the footers kept in memory. */
  readonly footerBytes?: number;
}

const FOOTER_CACHE_BYTES = 16 * 1024 * 1024;

export function segmentReader({ blobs, cache, footerBytes = FOOTER_CACHE_BYTES }: SegmentReaderOptions): SegmentReader {
  const footers = segmentFooters({ blobs, maxBytes: footerBytes });
  const counts = { cacheHits: 0, cacheMisses: 0, blobReads: 0, blobReadBytes: 0 };

  const readChunk = async (segmentId: number, chunk: Chunk, into: Uint8Array): Promise<void> => {
    const key = segmentKey(segmentId);
    counts.blobReads++;
    counts.blobReadBytes += into.length;
    const count = await blobs.read(key, chunk.position, into);
    if (count < into.length) throw damaged(segmentId, chunk.position + count, "the blob ends within a chunk");
    if (crc32c(into) !== chunk.crc) throw damaged(segmentId, chunk.position, `the checksum of ${into.length} bytes differs`);
  };
  const damaged = (segmentId: number, position: number, message: string) =>
    new CorruptionError(blobs.location(segmentKey(segmentId)), position, message);
  const requestFor = (segmentId: number, chunk: Chunk, mayWait: boolean): ChunkRequest => ({
    segmentId,
    position: chunk.position,
    lengthBytes: chunk.lengthBytes,
    read: (into) => readChunk(segmentId, chunk, into),
    mayWait,
  });

  const ahead = readAhead({
    footers,
    has: (segmentId, chunk) => cache.has(segmentId, chunk.position),
    load: async (segmentId, chunk) => (await cache.load(requestFor(segmentId, chunk, false)))?.release(),
  });

  /** Takes what fits from a chunk that is in memory and retained; releases it when nothing does. */
  const take = (into: Taking, cached: CachedChunk, extent: Extent, chunk: Chunk, options: SegmentReadOptions): ChunkSlice => {
    const bounds = { ...options, maxBytes: options.maxBytes - into.sizeBytes, atLeastOne: options.atLeastOne && into.sizeBytes === 0 };
    const slice = sliceOf(cached, chunk, into.nextOffset, bounds);
    if (slice === "damaged") {
      cached.release();
      into.release();
      throw damaged(extent.segmentId, chunk.position, "the bytes are not batches");
    }
    into.add(cached, slice);
    return slice;
  };

  /** Goes through the chunks as long as they are in memory and the reader has room. Gives the chunk that is missing for the first batch. */
  const takeFromMemory = (into: Taking, extent: Extent, chunks: ChunkList, options: SegmentReadOptions): Chunk | undefined => {
    for (let index = chunks.firstEndingAt(into.nextOffset); index < chunks.count; index++) {
      const chunk = chunks.chunk(index);
      if (chunk.baseOffset >= options.below) return undefined;
      const cached = cache.get(extent.segmentId, chunk.position);
      if (cached === undefined) return into.sizeBytes === 0 ? chunk : undefined;
      const slice = take(into, cached, extent, chunk, options);
      if (slice.end === slice.start) return undefined;
      counts.cacheHits++;
      if (slice.start === 0 || slice.atEnd) ahead.after(extent, chunks, index, options.next);
      if (!slice.atEnd) return undefined;
    }
    into.nextOffset = Math.max(into.nextOffset, extent.lastOffset + 1);
    return undefined;
  };

  const readMissing = async (
    into: Taking,
    extent: Extent,
    chunks: ChunkList,
    missing: Chunk,
    options: SegmentReadOptions,
  ): Promise<SegmentSlice> => {
    counts.cacheMisses++;
    const cached = await cache.load(requestFor(extent.segmentId, missing, options.atLeastOne));
    if (cached === undefined) return into.slice();
    const slice = take(into, cached, extent, missing, options);
    const index = chunks.firstEndingAt(missing.baseOffset);
    ahead.after(extent, chunks, index, options.next);
    if (slice.atEnd) takeFromMemory(into, extent, chunks, options);
    return into.slice();
  };

  const readKnown = (extent: Extent, fromOffset: number, chunks: ChunkList, options: SegmentReadOptions) => {
    const into = taking(fromOffset);
    const missing = takeFromMemory(into, extent, chunks, options);
    return missing === undefined ? into.slice() : readMissing(into, extent, chunks, missing, options);
  };

  return {
    readChunks(extent, fromOffset, options) {
      const chunks = footers.known(extent);
      if (chunks) return readKnown(extent, fromOffset, chunks, options);
      return footers.chunks(extent).then((read) => readKnown(extent, fromOffset, read, options));
    },
    async chunks(extent) {
      const chunks = await footers.chunks(extent);
      return Array.from({ length: chunks.count }, (_, index) => chunks.chunk(index));
    },
    forget(segmentIds) {
      footers.forget(segmentIds);
      cache.forget(segmentIds);
    },
    stats: () => ({ ...counts }),
  };
}

/** A slice in the making. */
interface Taking {
  nextOffset: number;
  readonly sizeBytes: number;
  /** Adds the slice and takes over the reference to its chunk. */
  add(cached: CachedChunk, slice: ChunkSlice): void;
  slice(): SegmentSlice;
  release(): void;
}

function taking(fromOffset: number): Taking {
  const parts: Uint8Array[] = [];
  const held: CachedChunk[] = [];
  const release = () => {
    for (const cached of held) cached.release();
    held.length = 0;
  };
  const state = { nextOffset: fromOffset, sizeBytes: 0 };
  return Object.assign(state, {
    add(cached: CachedChunk, { start, end, nextOffset }: ChunkSlice) {
      state.nextOffset = nextOffset;
      if (end === start) return cached.release();
      parts.push(cached.bytes.subarray(start, end));
      held.push(cached);
      state.sizeBytes += end - start;
    },
    slice: () => ({ parts, sizeBytes: state.sizeBytes, nextOffset: state.nextOffset, release }),
    release,
  });
}
