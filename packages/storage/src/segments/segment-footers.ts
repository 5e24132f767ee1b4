// Footers of segments, read when first needed and kept within a bound. A run of one chunk never needs its footer.
import { assert, type BoundedCache, boundedCache, crc32c } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent } from "../catalog/catalog.js";
import { CorruptionError } from "../errors.js";
import { type ChunkList, type Footer, openFooter } from "./footer.js";
import { type Chunk, segmentKey } from "./segment.js";
import { decodeTrailer, TRAILER_BYTES } from "./segment-frame.js";

export interface SegmentFooters {
  /** The extent's chunks, if they are known without reading. */
  known(extent: Extent): ChunkList | undefined;
  /** The extent's chunks, by reading the footer if need be. Rejects with CorruptionError or BlobMissing. */
  chunks(extent: Extent): Promise<ChunkList>;
  forget(segmentIds: readonly number[]): void;
}

export interface FootersOptions {
  readonly blobs: BlobStore;
  readonly maxBytes: number;
}

/** The most that a footer may claim to be long: 1.6 million partitions in one segment. */
const FOOTER_BYTES_MAX = 128 * 1024 * 1024;

export function segmentFooters({ blobs, maxBytes }: FootersOptions): SegmentFooters {
  const footers: BoundedCache<number, Footer> = boundedCache({ capacity: maxBytes, weigh: ({ sizeBytes }) => sizeBytes });
  const loading = new Map<number, Promise<Footer>>();

  const load = (segmentId: number): Promise<Footer> => {
    const shared = loading.get(segmentId);
    if (shared) return shared;
    const mine = readFooter(blobs, segmentId)
      .then((footer) => {
        footers.set(segmentId, footer);
        return footer;
      })
      .finally(() => loading.delete(segmentId));
    loading.set(segmentId, mine);
    return mine;
  };

  const chunksIn = (footer: Footer, extent: Extent): ChunkList => {
    const chunks = footer.chunksAt(extent.position);
    if (chunks?.count === extent.chunkCount) return chunks;
    throw new CorruptionError(
      blobs.location(segmentKey(extent.segmentId)),
      extent.position,
      "the footer lists no such run as the catalog does",
    );
  };

  return {
    known(extent) {
      if (extent.chunkCount === 1) return onlyChunk(extent);
      const footer = footers.get(extent.segmentId);
      return footer && chunksIn(footer, extent);
    },
    chunks: async (extent) => (extent.chunkCount === 1 ? onlyChunk(extent) : chunksIn(await load(extent.segmentId), extent)),
    forget(segmentIds) {
      for (const id of segmentIds) footers.delete(id);
    },
  };
}

function onlyChunk(extent: Extent): ChunkList {
  const { baseOffset, lastOffset, maxTimestamp, position, lengthBytes, crc } = extent;
  const chunk: Chunk = { baseOffset, lastOffset, maxTimestamp, position, lengthBytes, crc };
  return {
    count: 1,
    chunk(index) {
      assert(index === 0, "a run of one chunk has no other");
      return chunk;
    },
    firstEndingAt: (offset) => (offset <= lastOffset ? 0 : 1),
  };
}

/** Reads and verifies the footer of a segment. */
export async function readFooter(blobs: BlobStore, segmentId: number): Promise<Footer> {
  const key = segmentKey(segmentId);
  const damaged = (position: number, message: string) => new CorruptionError(blobs.location(key), position, message);
  const sizeBytes = await blobs.sizeBytes(key);
  const trailerPosition = Math.max(0, sizeBytes - TRAILER_BYTES);
  const trailer = new Uint8Array(TRAILER_BYTES);
  const read = await blobs.read(key, trailerPosition, trailer);
  const location = decodeTrailer(trailer.subarray(0, read), segmentId, sizeBytes);
  if (typeof location === "string") throw damaged(trailerPosition, location);
  if (location.lengthBytes > FOOTER_BYTES_MAX) throw damaged(trailerPosition, `a footer of ${location.lengthBytes} bytes`);

  const bytes = new Uint8Array(location.lengthBytes);
  if ((await blobs.read(key, location.position, bytes)) < bytes.length) throw damaged(location.position, "the footer is cut off");
  if (crc32c(bytes) !== location.crc) throw damaged(location.position, "the footer's checksum differs");
  const footer = openFooter(bytes, location.position, location.layout);
  if (typeof footer === "string") throw damaged(location.position, footer);
  return footer;
}
