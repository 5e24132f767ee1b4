// Groups while they are in memory: filled, closed, written.
import { PAGE_BYTES } from "@moldau/env";
import {
  GROUP_HEADER_BYTES,
  type GroupIdentity,
  groupLength,
  TOC_ALIGNMENT,
  TOC_ENTRY_BYTES,
  tocPosition,
  writeGroupHeader,
} from "./group.js";
import type { CommittedGroup, JournalEntry, PendingGroup } from "./group-commit.js";
import type { GroupLocation, GroupSequence } from "./journal.js";
import type { WritableSlab } from "./slab-pool.js";
import type { TocBuilder } from "./toc-builder.js";

export interface GroupInMemory {
  readonly pending: PendingGroup;
  readonly slab: WritableSlab;
  readonly slabGeneration: number;
  /** The group's first byte in the slab. */
  readonly start: number;
  readonly entries: JournalEntry[];
  /** Where the next batch goes, relative to the group. */
  batchesEnd: number;
  /** Known once the group is closed. */
  lengthBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Begins a group where the slab is free. The caller closes it before it begins the next. */
export function beginGroup(sequence: GroupSequence, slab: WritableSlab): GroupInMemory {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const durable = new Promise<void>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  // Whoever appended may have gone away: a failure that nobody waits for is no unhandled one.
  durable.catch(() => undefined);
  slab.unwritten++;
  return {
    pending: { sequence, durable },
    slab,
    slabGeneration: slab.generation,
    start: slab.position,
    entries: [],
    batchesEnd: GROUP_HEADER_BYTES,
    lengthBytes: 0,
    resolve,
    reject,
  };
}

/** Whether one more batch leaves the group within its slab and within `maxGroupBytes`. */
export function hasRoom(group: GroupInMemory, batchBytes: number, maxGroupBytes: number): boolean {
  const lengthBytes = groupLength(group.batchesEnd + batchBytes, group.entries.length + 1);
  return lengthBytes <= maxGroupBytes && group.start + lengthBytes <= group.slab.bytes.length;
}

/** Ends the group: its table of contents moves behind its batches. */
export function closeGroup(group: GroupInMemory, toc: TocBuilder): void {
  group.lengthBytes = groupLength(group.batchesEnd, toc.entryCount);
  toc.moveTo(group.slab.bytes, group.start + tocPosition(group.batchesEnd));
  group.slab.position = group.start + group.lengthBytes;
}

/** The closed group's bytes, complete with their header. */
export function encodedGroup(group: GroupInMemory, identity: GroupIdentity, durableThrough: GroupSequence): Uint8Array {
  const bytes = group.slab.bytes.subarray(group.start, group.start + group.lengthBytes);
  const header = {
    sequence: group.pending.sequence,
    durableThrough,
    entryCount: group.entries.length,
    tocPosition: tocPosition(group.batchesEnd),
    lengthBytes: group.lengthBytes,
  };
  writeGroupHeader(bytes, identity, header, group.batchesEnd);
  return bytes;
}

export const committedGroup = ({ pending, slab, slabGeneration, start }: GroupInMemory, location: GroupLocation): CommittedGroup => ({
  sequence: pending.sequence,
  location,
  slab,
  slabGeneration,
  slabPosition: start,
});

/** Bytes of memory that suffice for a group of one batch. */
export const groupBytesFor = (batchBytes: number): number => groupLength(GROUP_HEADER_BYTES + batchBytes, 1);

/** The largest batch that fits a group of `maxGroupBytes`. */
export const maxBatchBytesOf = (maxGroupBytes: number): number =>
  Math.floor(maxGroupBytes / PAGE_BYTES) * PAGE_BYTES - GROUP_HEADER_BYTES - TOC_ENTRY_BYTES - TOC_ALIGNMENT;
