// What the steps of one compaction of one log share, and how it walks through the log's extents while others may replace them.
import { RecordsError } from "@moldau/records";
import { partitionKey } from "@moldau/std";
import { BlobMissing, type BlobStore } from "../blobs/blob-store.js";
import type { Extent, ExtentIndex } from "../catalog/catalog.js";
import { CorruptionError, StorageError } from "../errors.js";
import type { CompactionOrder, Log } from "../log/log.js";
import type { Replace } from "../log/replacement.js";
import type { ExtentChunk, ExtentChunks } from "../segments/extent-chunks.js";
import { segmentKey } from "../segments/segment.js";
import type { Pace } from "./pace.js";

export interface Pass {
  readonly log: Log;
  readonly order: CompactionOrder;
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly replace: Replace;
  readonly chunks: ExtentChunks;
  readonly pace: Pace;
  readonly isDropped: () => boolean;
  readonly figures: Figures;
}

export interface Figures {
  readBytes: number;
  writtenBytes: number;
  removedRecords: number;
  removedBytes: number;
}

/** Records looked at between two looks at the clock. */
export const RECORDS_AT_ONCE = 128;
/** Extents looked up at once. */
const PAGE = 64;
/** How often the same place is looked up again, when what was found is gone by the time it is read. */
const TRIES_MAX = 5;

/** The log's extents from the one that holds `fromOffset` on, while they begin below `limit`. */
export async function* extentsFrom({ extents, log }: Pass, fromOffset: number, limit: number): AsyncIterable<Extent> {
  for (let from = fromOffset; from < limit; ) {
    const page = await extents.find(log.partition, from, PAGE);
    for (const extent of page) {
      if (extent.baseOffset >= limit) return;
      yield extent;
    }
    const last = page.at(-1);
    if (!last) return;
    from = last.lastOffset + 1;
  }
}

/** The chunks of these extents that end at `fromOffset` or after it. */
export async function* chunksIn(
  { chunks, pace, figures }: Pass,
  extents: AsyncIterable<Extent> | Iterable<Extent>,
  fromOffset = 0,
): AsyncIterable<ExtentChunk> {
  for await (const chunk of chunks.walk(extents, fromOffset)) {
    figures.readBytes += chunk.bytes.length;
    pace.spent(chunk.bytes.length);
    yield chunk;
    if (pace.isDue()) await pace.turn();
  }
}

/** A record that cannot be read is damage, and where it lies is known. */
export function damageAt({ blobs }: Pass, { extent, chunk }: ExtentChunk, at: number, error: unknown): unknown {
  if (!(error instanceof RecordsError)) return error;
  return new CorruptionError(blobs.location(segmentKey(extent.segmentId)), chunk.position + at, error.message);
}

/** The extents that were compacted are there no more: merged, trimmed, or their topic deleted. */
export class ExtentsReplaced extends Error {
  override readonly name = "ExtentsReplaced";
}

/** Throws StorageError when the log's topic was deleted. */
export function assertLive({ log, isDropped }: Pass): void {
  if (isDropped()) throw new StorageError("closed", `the log of ${partitionKey(log.partition)} was deleted`);
}

export interface Retries {
  /** Goes on when it is worth another try; else throws what is wrong. Segments go when they are merged, trimmed, or their topic deleted. */
  again(error: unknown): void;
  /** There was progress: what happens next has tries of its own. */
  reset(): void;
}

export function retries(pass: Pass): Retries {
  let tries = 0;
  return {
    again(error) {
      assertLive(pass);
      if (!(error instanceof BlobMissing || error instanceof ExtentsReplaced)) throw error;
      if (++tries < TRIES_MAX) return;
      if (error instanceof BlobMissing) throw new CorruptionError(error.message, 0, "the segment is missing");
      throw new StorageError("closed", `extents of ${partitionKey(pass.log.partition)} are replaced again and again`, error);
    },
    reset() {
      tries = 0;
    },
  };
}
