// Finds records by timestamp: Kafka's ListOffsets by time, and for the largest one (KIP-734). A log is narrowed down, from extents
// and tail batches to chunks, batches and records, by the largest timestamp in each; only what may hold the answer is read.
import { batchBaseOffset, batches, batchLastOffset, batchLeaderEpoch, batchMaxTimestamp, records } from "@moldau/records";
import type { Chunk } from "../segments/segment.js";
import type { ExtentReader } from "./extent-reader.js";
import type { TimestampedOffset } from "./log.js";
import type { LogReader } from "./log-reader.js";
import type { PartitionLog } from "./partition-log.js";
import type { TailRows } from "./tail-rows.js";

/** Offsets of a log and the largest timestamp in them, and how to look closer: at pages of smaller stretches, in offset order. */
interface Stretch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  readonly within: () => AsyncIterable<readonly Stretch[]>;
  /** Set when this is a single record. */
  readonly record?: TimestampedOffset;
}

export interface TimestampSearch {
  /** See Log.findTimestamp. */
  findTimestamp(log: PartitionLog, timestampMs: number): Promise<TimestampedOffset | undefined>;
  /** See Log.findMaxTimestamp. */
  findMaxTimestamp(log: PartitionLog): Promise<TimestampedOffset | undefined>;
}

const TAIL_PAGE = 1024;

export function timestampSearch(reader: LogReader, extents: ExtentReader, rows: TailRows): TimestampSearch {
  async function* wholeLog(log: PartitionLog): AsyncIterable<readonly Stretch[]> {
    const limit = log.highWatermark;
    for (let next = log.logStartOffset; next < limit; ) {
      // Consolidation may move the tail's start between two pages.
      const page = next < log.tailStartOffset ? await extentPage(log, next) : tailPage(log, next);
      const last = page.at(-1);
      if (!last) return;
      yield page;
      next = last.lastOffset + 1;
    }
  }

  const extentPage = async (log: PartitionLog, from: number): Promise<Stretch[]> => {
    const page = await extents.page(log, from);
    return page.map((extent) => ({ ...extent, within: () => chunksOf(log, extents.chunks(extent)) }));
  };

  const tailPage = (log: PartitionLog, from: number): Stretch[] => {
    const index = log.indexOf(from);
    return log.tail
      .slice(index, index + TAIL_PAGE)
      .map((row) => batchStretch(log, rows.baseOffset(row), rows.lastOffset(row), rows.maxTimestamp(row)));
  };

  const batchStretch = (log: PartitionLog, baseOffset: number, lastOffset: number, maxTimestamp: number): Stretch => ({
    baseOffset,
    lastOffset,
    maxTimestamp,
    within: () => recordsOf(log, baseOffset, lastOffset),
  });

  async function* chunksOf(log: PartitionLog, chunks: Promise<readonly Chunk[]>): AsyncIterable<readonly Stretch[]> {
    yield (await chunks).map((chunk) => ({ ...chunk, within: () => batchesOf(log, chunk) }));
  }

  async function* batchesOf(log: PartitionLog, chunk: Chunk): AsyncIterable<readonly Stretch[]> {
    // One read may give a part: an extent that was committed a moment ago is read from the tail, group by group.
    for (let next = chunk.baseOffset; next <= chunk.lastOffset; ) {
      const page = await readParts(log, next, chunk.lengthBytes, chunk.lastOffset + 1, (bytes, at) => {
        return [batchStretch(log, batchBaseOffset(bytes, at), batchLastOffset(bytes, at), batchMaxTimestamp(bytes, at))];
      });
      const last = page.at(-1);
      if (!last) return;
      yield page;
      next = last.lastOffset + 1;
    }
  }

  async function* recordsOf(log: PartitionLog, baseOffset: number, lastOffset: number): AsyncIterable<readonly Stretch[]> {
    yield await readParts(log, baseOffset, 1, lastOffset + 1, (bytes, at) => {
      const leaderEpoch = batchLeaderEpoch(bytes, at);
      return Array.from(records(bytes, at), ({ offset, timestamp }) => ({
        baseOffset: offset,
        lastOffset: offset,
        maxTimestamp: timestamp,
        within: nothing,
        record: { offset, timestamp, leaderEpoch },
      }));
    });
  }

  /** What `of` says of each batch that a read gives. */
  const readParts = async (
    log: PartitionLog,
    from: number,
    maxBytes: number,
    below: number,
    of: (bytes: Uint8Array, at: number) => Stretch[],
  ) => {
    // The log may have been trimmed since the stretch was found.
    const slice = await reader.read(log, Math.max(from, log.logStartOffset), { maxBytes, atLeastOne: true, below });
    try {
      return slice.parts.flatMap((bytes) => Array.from(batches(bytes), (at) => of(bytes, at)).flat());
    } finally {
      slice.release();
    }
  };

  return {
    findTimestamp: (log, timestampMs) => first(wholeLog(log), log.logStartOffset, timestampMs),
    findMaxTimestamp: (log) => largest(wholeLog(log), log.logStartOffset),
  };
}

async function* nothing(): AsyncIterable<readonly Stretch[]> {}

/** The first record at or after `from` with at least that timestamp. */
async function first(pages: AsyncIterable<readonly Stretch[]>, from: number, timestampMs: number): Promise<TimestampedOffset | undefined> {
  for await (const page of pages) {
    for (const stretch of page) {
      if (stretch.lastOffset < from || stretch.maxTimestamp < timestampMs) continue;
      const found = stretch.record ?? (await first(stretch.within(), from, timestampMs));
      if (found) return found;
    }
  }
  return undefined;
}

/** The first of the records at or after `from` that have the largest timestamp there. */
async function largest(pages: AsyncIterable<readonly Stretch[]>, from: number): Promise<TimestampedOffset | undefined> {
  let whole: Stretch | undefined;
  // The stretch that `from` cuts in two: its largest timestamp may be that of a record before.
  let cut: Stretch | undefined;
  for await (const page of pages) {
    for (const stretch of page) {
      if (stretch.lastOffset < from) continue;
      if (stretch.baseOffset < from) cut = stretch;
      else if (!whole || stretch.maxTimestamp > whole.maxTimestamp) whole = stretch;
    }
  }
  if (cut && (!whole || cut.maxTimestamp >= whole.maxTimestamp)) {
    const found = await largest(cut.within(), from);
    if (found && (!whole || found.timestamp >= whole.maxTimestamp)) return found;
  }
  return whole && (whole.record ?? largest(whole.within(), from));
}
