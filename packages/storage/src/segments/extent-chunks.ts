// The chunks of extents one after the other, for what goes through much of a log: past the chunk cache, which is for readers, and in
// two buffers of its own. While one chunk is worked on the next one is read.
import { crc32c } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent } from "../catalog/catalog.js";
import { CorruptionError } from "../errors.js";
import { CHUNK_BYTES, type Chunk, segmentKey } from "./segment.js";
import { segmentFooters } from "./segment-footers.js";

export interface ExtentChunk {
  readonly extent: Extent;
  readonly chunk: Chunk;
  /** Verified; unchanged until the next chunk is asked for. */
  readonly bytes: Uint8Array;
}

export interface ExtentChunks {
  /**
   * The chunks that end at `fromOffset` or after it. One walk at a time. Throws CorruptionError, or BlobMissing when a segment was
   * deleted since the extents were looked up.
   */
  walk(extents: AsyncIterable<Extent> | Iterable<Extent>, fromOffset?: number): AsyncIterable<ExtentChunk>;
}

const FOOTER_CACHE_BYTES = 4 * 1024 * 1024;

export function extentChunks(blobs: BlobStore): ExtentChunks {
  const footers = segmentFooters({ blobs, maxBytes: FOOTER_CACHE_BYTES });
  const buffers = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
  let turn = 0;

  const read = async (extent: Extent, chunk: Chunk): Promise<ExtentChunk> => {
    turn = 1 - turn;
    if ((buffers[turn] as Uint8Array).length < chunk.lengthBytes) buffers[turn] = new Uint8Array(chunk.lengthBytes);
    const bytes = (buffers[turn] as Uint8Array).subarray(0, chunk.lengthBytes);
    const key = segmentKey(extent.segmentId);
    const count = await blobs.read(key, chunk.position, bytes);
    const fault = count < bytes.length ? "the blob ends within a chunk" : crc32c(bytes) === chunk.crc ? undefined : "the checksum differs";
    if (fault !== undefined) throw new CorruptionError(blobs.location(key), chunk.position + (count < bytes.length ? count : 0), fault);
    return { extent, chunk, bytes };
  };

  async function* places(extents: AsyncIterable<Extent> | Iterable<Extent>, fromOffset: number) {
    for await (const extent of extents) {
      if (extent.lastOffset < fromOffset) continue;
      const chunks = await footers.chunks(extent);
      for (let index = chunks.firstEndingAt(fromOffset); index < chunks.count; index++) yield { extent, chunk: chunks.chunk(index) };
    }
  }

  return {
    async *walk(extents, fromOffset = 0) {
      let ahead: Promise<ExtentChunk> | undefined;
      try {
        for await (const { extent, chunk } of places(extents, fromOffset)) {
          const current = ahead && (await ahead);
          ahead = read(extent, chunk);
          // A failure is met in its turn; until then it must not count as unhandled.
          ahead.catch(() => {});
          if (current) yield current;
        }
        if (ahead) yield await ahead;
      } finally {
        await ahead?.catch(() => {});
      }
    },
  };
}
