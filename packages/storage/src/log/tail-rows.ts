// The rows of the tail index: one per batch that is in the journal and not yet in extents. There may be a million, so they are
// columns of numbers in chunks, 68 bytes a row, out of the garbage collector's sight. A log keeps the row numbers of its batches.
//
//   row number = chunk number * ROWS_PER_CHUNK + place in the chunk
//
// Invariant: a chunk is used again only when all its rows were freed, so a row's number stays good until `free`.
import { assert } from "@moldau/std";
import type { JournalEntry } from "../journal/group-commit.js";
import type { GroupSequence } from "../journal/journal.js";
import type { BatchFacts } from "./log.js";

const CHUNK_BITS = 10;
const ROWS_PER_CHUNK = 1 << CHUNK_BITS;
const PLACE_MASK = ROWS_PER_CHUNK - 1;

// Columns of 64-bit floats: integers up to 2^53.
const BASE_OFFSET = 0;
const LAST_OFFSET = 1;
const MAX_TIMESTAMP = 2;
const PRODUCER_ID = 3;
const GROUP = 4;
const WIDE_COLUMNS = 5;

// Columns of 32-bit integers.
const POSITION = 0;
const LENGTH_BYTES = 1;
const RECORD_COUNT = 2;
const LEADER_EPOCH = 3;
const PRODUCER_EPOCH = 4;
const BASE_SEQUENCE = 5;
const ATTRIBUTES = 6;
const NARROW_COLUMNS = 7;

interface RowChunk {
  readonly wide: Float64Array;
  readonly narrow: Int32Array;
  used: number;
  live: number;
}

export interface TailRows {
  /** Keeps what the entry says and the group it lies in; gives the row's number. */
  add(entry: JournalEntry, group: GroupSequence): number;
  free(row: number): void;
  baseOffset(row: number): number;
  lastOffset(row: number): number;
  maxTimestamp(row: number): number;
  group(row: number): GroupSequence;
  /** Where the batch lies in its group. */
  position(row: number): number;
  lengthBytes(row: number): number;
  recordCount(row: number): number;
  leaderEpoch(row: number): number;
  facts(row: number): BatchFacts;
  /** Rows in use. */
  readonly count: number;
  /** Memory held, free rows included. */
  readonly sizeBytes: number;
}

export function tailRows(): TailRows {
  const chunks: RowChunk[] = [];
  const free: number[] = [];
  let filling = -1;
  let count = 0;

  const chunkOf = (row: number): RowChunk => chunks[row >>> CHUNK_BITS] as RowChunk;
  const wide = (row: number, column: number): number => chunkOf(row).wide[(row & PLACE_MASK) * WIDE_COLUMNS + column] as number;
  const narrow = (row: number, column: number): number => chunkOf(row).narrow[(row & PLACE_MASK) * NARROW_COLUMNS + column] as number;

  const nextChunk = (): number => {
    const reused = free.pop();
    if (reused !== undefined) return reused;
    chunks.push({
      wide: new Float64Array(ROWS_PER_CHUNK * WIDE_COLUMNS),
      narrow: new Int32Array(ROWS_PER_CHUNK * NARROW_COLUMNS),
      used: 0,
      live: 0,
    });
    return chunks.length - 1;
  };

  return {
    add(entry, group) {
      if (filling < 0) filling = nextChunk();
      const chunk = chunks[filling] as RowChunk;
      const row = filling * ROWS_PER_CHUNK + chunk.used;
      const w = chunk.used * WIDE_COLUMNS;
      chunk.wide[w + BASE_OFFSET] = entry.baseOffset;
      chunk.wide[w + LAST_OFFSET] = entry.lastOffset;
      chunk.wide[w + MAX_TIMESTAMP] = entry.maxTimestamp;
      chunk.wide[w + PRODUCER_ID] = entry.producerId;
      chunk.wide[w + GROUP] = group;
      const n = chunk.used * NARROW_COLUMNS;
      chunk.narrow[n + POSITION] = entry.position;
      chunk.narrow[n + LENGTH_BYTES] = entry.lengthBytes;
      chunk.narrow[n + RECORD_COUNT] = entry.recordCount;
      chunk.narrow[n + LEADER_EPOCH] = entry.leaderEpoch;
      chunk.narrow[n + PRODUCER_EPOCH] = entry.producerEpoch;
      chunk.narrow[n + BASE_SEQUENCE] = entry.baseSequence;
      chunk.narrow[n + ATTRIBUTES] = entry.attributes;
      chunk.used++;
      chunk.live++;
      count++;
      if (chunk.used === ROWS_PER_CHUNK) filling = -1;
      return row;
    },
    free(row) {
      const chunk = chunkOf(row);
      assert(chunk.live > 0, "a tail row is freed once");
      chunk.live--;
      count--;
      if (chunk.live > 0) return;
      chunk.used = 0;
      const number = row >>> CHUNK_BITS;
      if (number !== filling) free.push(number);
    },
    baseOffset: (row) => wide(row, BASE_OFFSET),
    lastOffset: (row) => wide(row, LAST_OFFSET),
    maxTimestamp: (row) => wide(row, MAX_TIMESTAMP),
    group: (row) => wide(row, GROUP),
    position: (row) => narrow(row, POSITION),
    lengthBytes: (row) => narrow(row, LENGTH_BYTES),
    recordCount: (row) => narrow(row, RECORD_COUNT),
    leaderEpoch: (row) => narrow(row, LEADER_EPOCH),
    facts: (row) => ({
      baseOffset: wide(row, BASE_OFFSET),
      lastOffset: wide(row, LAST_OFFSET),
      maxTimestamp: wide(row, MAX_TIMESTAMP),
      producerId: wide(row, PRODUCER_ID),
      producerEpoch: narrow(row, PRODUCER_EPOCH),
      baseSequence: narrow(row, BASE_SEQUENCE),
      attributes: narrow(row, ATTRIBUTES),
    }),
    get count() {
      return count;
    },
    get sizeBytes() {
      return chunks.length * ROWS_PER_CHUNK * (WIDE_COLUMNS * 8 + NARROW_COLUMNS * 4);
    },
  };
}
