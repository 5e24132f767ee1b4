// The footer of a segment: which runs it has, and the chunks of each. Entries have a fixed size, so a footer is searched as it lies,
// without an object per entry: a segment of 10,000 partitions has 680 KB of them.
//
//   ┌──────┬────────┬──────────────────────────────────────────┬──────────────────────────────────────────────────────┐
//   │ runs │ chunks │ per run: topic id (16), partition,       │ per chunk: base offset, last offset, max timestamp,  │
//   │ u32  │ u32    │ first chunk, chunk count (u32 each)      │ position (i64 each), length, crc (u32 each)          │
//   └──────┴────────┴──────────────────────────────────────────┴──────────────────────────────────────────────────────┘
//
// Integers are little-endian. Runs stand in the order of their first bytes, and so do the chunks of each.
import {
  isInt53LE,
  type PartitionId,
  partitionIndex,
  readInt53LE,
  topicId,
  UUID_BYTES,
  uuidBytes,
  uuidText,
  writeInt53LE,
} from "@moldau/std";
import type { Chunk, Run } from "./segment.js";
import { HEAD_BYTES, type Layout } from "./segment-frame.js";

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
      const { bytes, at } = runs.extend(RUN_BYTES);
      bytes.set(uuidBytes(partition.topicId), at);
      bytes.writeUInt32LE(partition.index, at + UUID_BYTES);
      bytes.writeUInt32LE(chunkCount, at + UUID_BYTES + 4);
      bytes.writeUInt32LE(chunks.length, at + UUID_BYTES + 8);
      chunkCount += chunks.length;
      for (const chunk of chunks) {
        const entry = chunkEntries.extend(CHUNK_ENTRY_BYTES);
        encodeChunk(entry.bytes, entry.at, chunk);
      }
    },
    parts() {
      const counts = Buffer.alloc(COUNTS_BYTES);
      counts.writeUInt32LE(runs.written().length / RUN_BYTES, 0);
      counts.writeUInt32LE(chunkCount, 4);
      return [counts, runs.written(), chunkEntries.written()];
    },
  };
}

function encodeChunk(bytes: Buffer, at: number, chunk: Chunk): void {
  writeInt53LE(bytes, at, chunk.baseOffset);
  writeInt53LE(bytes, at + 8, chunk.lastOffset);
  writeInt53LE(bytes, at + 16, chunk.maxTimestamp);
  writeInt53LE(bytes, at + 24, chunk.position);
  bytes.writeUInt32LE(chunk.lengthBytes, at + 32);
  bytes.writeUInt32LE(chunk.crc, at + 36);
}

/** Memory that doubles as entries come. */
function growing(initialBytes: number) {
  let bytes = Buffer.alloc(initialBytes);
  let used = 0;
  return {
    extend(count: number) {
      if (used + count > bytes.length) {
        const larger = Buffer.alloc(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
      }
      const at = used;
      used += count;
      return { bytes, at };
    },
    written: () => bytes.subarray(0, used),
  };
}

/** A footer to look things up in. */
export interface Footer {
  readonly sizeBytes: number;
  /** Where in the segment the footer lies: the runs end before. */
  readonly position: number;
  readonly runCount: number;
  /** The partition of a run. */
  partition(index: number): PartitionId;
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

/** Reads a footer whose checksum was right; before `footerPosition` the runs end. Says what is wrong when it is not sound. */
export function openFooter(content: Uint8Array, footerPosition: number, layout: Layout): Footer | string {
  if (content.length < COUNTS_BYTES) return "the footer is cut off";
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const runCount = bytes.readUInt32LE(0);
  const chunkCount = bytes.readUInt32LE(4);
  if (COUNTS_BYTES + runCount * RUN_BYTES + chunkCount * CHUNK_ENTRY_BYTES !== bytes.length)
    return "the footer's counts differ from its length";
  const chunksFrom = COUNTS_BYTES + runCount * RUN_BYTES;
  const fault = faultInEntries(bytes, { runCount, chunkCount, footerPosition, layout });
  if (fault !== undefined) return fault;

  const chunkAt = (index: number) => decodeChunk(bytes, chunksFrom + index * CHUNK_ENTRY_BYTES);
  const firstChunk = (run: number) => bytes.readUInt32LE(COUNTS_BYTES + run * RUN_BYTES + UUID_BYTES + 4);
  const chunksOf = (run: number): ChunkList => {
    const first = firstChunk(run);
    const count = bytes.readUInt32LE(COUNTS_BYTES + run * RUN_BYTES + UUID_BYTES + 8);
    const lastOffset = (index: number) => readInt53LE(bytes, chunksFrom + (first + index) * CHUNK_ENTRY_BYTES + 8);
    return {
      count,
      chunk: (index) => chunkAt(first + index),
      firstEndingAt: (offset) => lowest(count, (index) => lastOffset(index) >= offset),
    };
  };
  const positionOf = (run: number) => readInt53LE(bytes, chunksFrom + firstChunk(run) * CHUNK_ENTRY_BYTES + 24);
  const partitionOf = (run: number): PartitionId => {
    const at = COUNTS_BYTES + run * RUN_BYTES;
    return { topicId: topicId(uuidText(bytes, at)), index: partitionIndex(bytes.readUInt32LE(at + UUID_BYTES)) };
  };
  return {
    sizeBytes: bytes.length,
    position: footerPosition,
    runCount,
    partition: partitionOf,
    run(index) {
      const list = chunksOf(index);
      return { partition: partitionOf(index), chunks: Array.from({ length: list.count }, (_, chunk) => list.chunk(chunk)) };
    },
    chunksAt(position) {
      const run = lowest(runCount, (index) => positionOf(index) >= position);
      return run < runCount && positionOf(run) === position ? chunksOf(run) : undefined;
    },
  };
}

function decodeChunk(bytes: Buffer, at: number): Chunk {
  return {
    baseOffset: readInt53LE(bytes, at),
    lastOffset: readInt53LE(bytes, at + 8),
    maxTimestamp: readInt53LE(bytes, at + 16),
    position: readInt53LE(bytes, at + 24),
    lengthBytes: bytes.readUInt32LE(at + 32),
    crc: bytes.readUInt32LE(at + 36),
  };
}

interface FooterBounds {
  readonly runCount: number;
  readonly chunkCount: number;
  readonly footerPosition: number;
  readonly layout: Layout;
}

/**
 * Invariant: runs share out the chunks in order. In a dense segment chunks share out the bytes from head to footer in order; in a
 * scattered one the chunks of each run lie in order between head and footer, and so do the first chunks of the runs.
 */
function faultInEntries(bytes: Buffer, { runCount, chunkCount, footerPosition, layout }: FooterBounds): string | undefined {
  let chunk = 0;
  let end = HEAD_BYTES;
  let runStart = 0;
  for (let run = 0; run < runCount; run++) {
    const at = COUNTS_BYTES + run * RUN_BYTES + UUID_BYTES;
    const count = bytes.readUInt32LE(at + 8);
    if (bytes.readUInt32LE(at + 4) !== chunk || count === 0 || count > chunkCount - chunk)
      return `run ${run} has not the chunks that are its turn`;
    if (layout === "scattered") end = HEAD_BYTES;
    for (let index = chunk; index < chunk + count; index++) {
      const entry = COUNTS_BYTES + runCount * RUN_BYTES + index * CHUNK_ENTRY_BYTES;
      for (const field of [0, 8, 16, 24]) if (!isInt53LE(bytes, entry + field)) return `chunk ${index} has an integer beyond 2^53`;
      const position = readInt53LE(bytes, entry + 24);
      if (layout === "dense" ? position !== end : position < end) return `chunk ${index} begins elsewhere than the one before ends`;
      end = position + bytes.readUInt32LE(entry + 32);
      if (end > footerPosition) return `chunk ${index} ends beyond the footer's beginning`;
    }
    const first = readInt53LE(bytes, COUNTS_BYTES + runCount * RUN_BYTES + chunk * CHUNK_ENTRY_BYTES + 24);
    if (first <= runStart) return `run ${run} begins before the one before it`;
    runStart = first;
    chunk += count;
  }
  if (chunk !== chunkCount) return "the runs have not as many chunks as there are";
  return layout === "scattered" || end === footerPosition ? undefined : "the chunks do not end where the footer begins";
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
