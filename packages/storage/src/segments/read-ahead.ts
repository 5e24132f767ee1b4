// Read-ahead: who has read a chunk from its start or to its end will want the next one. Bounded in chunks and in reads at a time;
// it takes memory only where no one refers to it, and a failure is left to the reader who gets there.
import type { Extent } from "../catalog/catalog.js";
import type { ChunkList } from "./footer.js";
import type { Chunk } from "./segment.js";
import type { SegmentFooters } from "./segment-footers.js";

export interface ReadAheadPorts {
  readonly footers: SegmentFooters;
  /** Whether the chunk is in memory or on its way. */
  has(segmentId: number, chunk: Chunk): boolean;
  load(segmentId: number, chunk: Chunk): Promise<void>;
}

export interface ReadAhead {
  /** A reader has got to the chunk `index` of `extent`; `next` is the extent after it, if there is one. */
  after(extent: Extent, chunks: ChunkList, index: number, next: Extent | undefined): void;
}

const CHUNKS_AHEAD = 2;
const READS_AT_ONCE = 8;

export function readAhead({ footers, has, load }: ReadAheadPorts): ReadAhead {
  let reading = 0;

  const start = (work: () => Promise<void>) => {
    if (reading >= READS_AT_ONCE) return;
    reading++;
    work()
      .catch(() => {})
      .finally(() => reading--);
  };

  const read = (segmentId: number, chunk: Chunk) => {
    if (!has(segmentId, chunk)) start(() => load(segmentId, chunk));
  };

  const firstChunks = (extent: Extent, count: number) => {
    const known = footers.known(extent);
    if (known === undefined) return start(async () => void (await footers.chunks(extent)));
    for (let index = 0; index < Math.min(count, known.count); index++) read(extent.segmentId, known.chunk(index));
  };

  return {
    after(extent, chunks, index, next) {
      const last = Math.min(index + CHUNKS_AHEAD, chunks.count - 1);
      for (let following = index + 1; following <= last; following++) read(extent.segmentId, chunks.chunk(following));
      const missing = CHUNKS_AHEAD - (last - index);
      if (missing > 0 && next !== undefined) firstChunks(next, missing);
    },
  };
}
