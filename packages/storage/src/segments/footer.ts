// The footer of a segment: which runs it has, and the chunks of each. Entries have a fixed size, so a footer is searched as it lies,
// without an object per entry: a segment of 10,000 partitions has 680 KB of them.
//
//   ┌──────┬────────┬──────────────────────────────────────────┬──────────────────────────────────────────────────────┐
//   │ runs │ chunks │ per run: topic id (16), partition,       │ per chunk: base offset, last offset, max timestamp,  │
//   │ u32  │ u32    │ first chunk, chunk count (u32 each)      │ position (i64 each), length, crc (u32 each)          │
//   └──────┴────────┴──────────────────────────────────────────┴──────────────────────────────────────────────────────┘
//
// Integers are little-endian. Runs stand in the order of their bytes, and so do chunks.
import { type PartitionId, partitionIndex, readInt53, topicId, UUID_BYTES, uuidBytes, uuidText, writeInt53 } from "@moldau/std";
import type { Chunk, Run } from "./segment.js";
import { HEAD_BYTES, viewOf } from "./segment-frame.js";

const COUNTS_BYTES = 8;
const RUN_BYTES = UUID_BYTES + 12;
const CHUNK_ENTRY_BYTES = 40;

/** A footer in the making; the bytes grow as the runs are written. */
export interface FooterWriter {
  add(partition: PartitionId, chunks: readonly Chunk[]): void;
  /** The parts of the footer, in order. */
  parts(): readonly Uint8Array[];
}

export function footerWriter(): FooterWriter {
  const runs = growing(64 * RUN_BYTES);
  const chunkEntries = growing(64 * CHUNK_ENTRY_BYTES);
  let chunkCount = 0;
  return {
    add(partition, chunks) {
      const { view, bytes, at } = runs.extend(RUN_BYTES);
      bytes.set(uuidBytes(partition.topicId), at);
      view.setUint32(at + UUID_BYTES, partition.index, true);
      view.setUint32(at + UUID_BYTES + 4, chunkCount, true);
      view.setUint32(at + UUID_BYTES + 8, chunks.length, true);
      chunkCount += chunks.length;
      for (const chunk of chunks) {
        const entry = chunkEntries.extend(CHUNK_ENTRY_BYTES);
        encodeChunk(entry.view, entry.at, chunk);
      }
    },
    parts() {
      const counts = new Uint8Array(COUNTS_BYTES);
      viewOf(counts).setUint32(0, runs.written().length / RUN_BYTES, true);
      viewOf(counts).setUint32(4, chunkCount, true);
      return [counts, runs.written(), chunkEntries.written()];
    },
  };
}

function encodeChunk(view: DataView, at: number, chunk: Chunk): void {
  writeInt53(view, at, chunk.baseOffset, true);
  writeInt53(view, at + 8, chunk.lastOffset, true);
  writeInt53(view, at + 16, chunk.maxTimestamp, true);
  writeInt53(view, at + 24, chunk.position, true);
  view.setUint32(at + 32, chunk.lengthBytes, true);
  view.setUint32(at + 36, chunk.crc, true);
}

/** Memory that doubles as entries come. */
function growing(initialBytes: number) {
  let bytes = new Uint8Array(initialBytes);
  let view = viewOf(bytes);
  let used = 0;
  return {
    extend(count: number) {
      if (used + count > bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
        view = viewOf(bytes);
      }
      const at = used;
      used += count;
      return { bytes, view, at };
    },
    written: () => bytes.subarray(0, used),
  };
}

/** A footer to look things up in. */
export interface Footer {
  readonly sizeBytes: number;
  readonly runCount: number;
  run(index: number): Run;
  /** The chunks of the run whose first byte is at `position`; undefined when none begins there. */
  chunksAt(position: number): ChunkList | undefined;
}

/** The chunks of one run, decoded one by one. */
export interface ChunkList {
  readonly count: number;
  chunk(index: number): Chunk;
  /** Index of the first chunk with lastOffset >= offset; `count` when there is none. */
  firstEndingAt(offset: number): number;
}

/** Reads a footer whose checksum was right; `footerPosition` is where the runs end. Says what is wrong when it is not sound. */
export function openFooter(bytes: Uint8Array, footerPosition: number): Footer | string {
  if (bytes.length < COUNTS_BYTES) return "the footer is cut off";
  const view = viewOf(bytes);
  const runCount = view.getUint32(0, true);
  const chunkCount = view.getUint32(4, true);
  if (COUNTS_BYTES + runCount * RUN_BYTES + chunkCount * CHUNK_ENTRY_BYTES !== bytes.length)
    return "the footer's counts differ from its length";
  const chunksFrom = COUNTS_BYTES + runCount * RUN_BYTES;
  const fault = faultInEntries(view, runCount, chunkCount, footerPosition);
  if (fault !== undefined) return fault;

  const chunkAt = (index: number) => decodeChunk(view, chunksFrom + index * CHUNK_ENTRY_BYTES);
  const firstChunk = (run: number) => view.getUint32(COUNTS_BYTES + run * RUN_BYTES + UUID_BYTES + 4, true);
  const chunksOf = (run: number): ChunkList => {
    const first = firstChunk(run);
    const count = view.getUint32(COUNTS_BYTES + run * RUN_BYTES + UUID_BYTES + 8, true);
    const lastOffset = (index: number) => readInt53(view, chunksFrom + (first + index) * CHUNK_ENTRY_BYTES + 8, true);
    return {
      count,
      chunk: (index) => chunkAt(first + index),
      firstEndingAt: (offset) => lowest(count, (index) => lastOffset(index) >= offset),
    };
  };
  const positionOf = (run: number) => readInt53(view, chunksFrom + firstChunk(run) * CHUNK_ENTRY_BYTES + 24, true);
  return {
    sizeBytes: bytes.length,
    runCount,
    run(index) {
      const at = COUNTS_BYTES + index * RUN_BYTES;
      const partition = { topicId: topicId(uuidText(bytes, at)), index: partitionIndex(view.getUint32(at + UUID_BYTES, true)) };
      const list = chunksOf(index);
      return { partition, chunks: Array.from({ length: list.count }, (_, chunk) => list.chunk(chunk)) };
    },
    chunksAt(position) {
      const run = lowest(runCount, (index) => positionOf(index) >= position);
      return run < runCount && positionOf(run) === position ? chunksOf(run) : undefined;
    },
  };
}

function decodeChunk(view: DataView, at: number): Chunk {
  return {
    baseOffset: readInt53(view, at, true),
    lastOffset: readInt53(view, at + 8, true),
    maxTimestamp: readInt53(view, at + 16, true),
    position: readInt53(view, at + 24, true),
    lengthBytes: view.getUint32(at + 32, true),
    crc: view.getUint32(at + 36, true),
  };
}

/** Invariant: runs share out the chunks in order, and chunks share out the bytes from head to footer in order. */
function faultInEntries(view: DataView, runCount: number, chunkCount: number, footerPosition: number): string | undefined {
  let chunk = 0;
  for (let run = 0; run < runCount; run++) {
    const at = COUNTS_BYTES + run * RUN_BYTES + UUID_BYTES;
    const count = view.getUint32(at + 8, true);
    if (view.getUint32(at + 4, true) !== chunk || count === 0) return `run ${run} has not the chunks that are its turn`;
    chunk += count;
  }
  if (chunk !== chunkCount) return "the runs have not as many chunks as there are";
  let position = HEAD_BYTES;
  for (let index = 0; index < chunkCount; index++) {
    const at = COUNTS_BYTES + runCount * RUN_BYTES + index * CHUNK_ENTRY_BYTES;
    for (const field of [at, at + 8, at + 16]) if (!isSafe(view, field)) return `chunk ${index} has an integer beyond 2^53`;
    if (!isSafe(view, at + 24) || readInt53(view, at + 24, true) !== position)
      return `chunk ${index} begins elsewhere than the one before ends`;
    position += view.getUint32(at + 32, true);
  }
  return position === footerPosition ? undefined : "the chunks do not end where the footer begins";
}

/** Whether the int64 at `at` can be a number: its upper 11 bits are all its sign. */
function isSafe(view: DataView, at: number): boolean {
  const high = view.getInt32(at + 4, true);
  return high >= -(2 ** 21) && high < 2 ** 21;
}

/** The lowest index below `count` from which on `holds` is true, by binary search; `count` when there is none. */
function lowest(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
