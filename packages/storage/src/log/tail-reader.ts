// Reads batches of the tail: as slices of the slabs they were written in or, once a slab was given to newer groups, from the journal.
import { assert } from "@moldau/std";
import type { Slab } from "../journal/group-commit.js";
import type { Journal } from "../journal/journal.js";
import type { Gathering } from "./gathering.js";
import { damagedInJournal, isIntact } from "./intact.js";
import type { PartitionLog } from "./partition-log.js";
import type { ReadBuffers } from "./read-buffers.js";
import type { Tail } from "./tail.js";
import { inMemory, type TailGroup } from "./tail-groups.js";

export interface TailReader {
  /** Adds the batches from the one that holds `from` on that lie in memory, below offset `limit`, while they fit. Gives the offset after them. */
  addFromMemory(into: Gathering, log: PartitionLog, from: number, limit: number): number;
  /** The same for batches that lie near one another in the journal; the tail holds `from`. At once when none fits. */
  addFromJournal(into: Gathering, log: PartitionLog, from: number, limit: number): number | Promise<number>;
  /** Resolves when no read that is going on now needs the journal. */
  idle(): Promise<void>;
  readonly journalReads: number;
}

/** A batch in a span of the journal. */
interface BatchPlace {
  readonly group: TailGroup;
  /** Within its group. */
  readonly position: number;
  /** Within the span. */
  readonly start: number;
  readonly baseOffset: number;
  readonly lengthBytes: number;
}

/** Batches of one log, and what is read of a file to have them: others' batches may lie between. */
interface Span {
  readonly batches: readonly BatchPlace[];
  readonly lengthBytes: number;
  readonly batchBytes: number;
  readonly next: number;
}

/**
 * A gap that is read over rather than left out: the device takes no longer for so much more. Small batches of one log, each in a group
 * of its own, would else cost a read each.
 */
const GAP_BYTES = 64 * 1024;
/** What is read at once when there are gaps. */
const SPAN_BYTES = 512 * 1024;

export interface TailPorts {
  readonly journal: Journal;
  readonly tail: Tail;
  readonly buffers: ReadBuffers;
}

export function tailReader({ journal, tail: { rows, groups }, buffers }: TailPorts): TailReader {
  const reading = new Set<Promise<void>>();
  let journalReads = 0;

  const spanFrom = (into: Gathering, log: PartitionLog, from: number, limit: number): Span => {
    const tail = log.tail;
    const batches: BatchPlace[] = [];
    let [file, beginning, end, batchBytes, next] = [-1, 0, 0, 0, from];
    for (let i = log.indexOf(from); i < tail.length; i++) {
      const row = tail[i] as number;
      const group = groups.get(rows.group(row));
      const lengthBytes = rows.lengthBytes(row);
      if (rows.baseOffset(row) >= limit || !into.fits(lengthBytes, batchBytes)) break;
      const position = rows.position(row);
      const at = group.location.position + position;
      if (batches.length === 0) [file, beginning, end] = [group.location.file, at, at];
      else if (group.location.file !== file || at < end) break;
      else if (at > end && (at - end > GAP_BYTES || at + lengthBytes - beginning > SPAN_BYTES || inMemory(group))) break;
      batches.push({ group, position, start: at - beginning, baseOffset: rows.baseOffset(row), lengthBytes });
      end = at + lengthBytes;
      batchBytes += lengthBytes;
      next = rows.lastOffset(row) + 1;
    }
    return { batches, lengthBytes: end - beginning, batchBytes, next };
  };

  /** Fills `bytes` with what the journal has from the batch's place on. */
  const read = async ({ group, position }: BatchPlace, bytes: Uint8Array) => {
    const read = journal.read(group.location, position, bytes);
    reading.add(read);
    journalReads++;
    try {
      await read;
    } finally {
      reading.delete(read);
    }
  };

  /** Fills `bytes` with the batches of the span, one after another, and checks each. */
  const readVerified = async ({ batches, lengthBytes, batchBytes }: Span, bytes: Uint8Array) => {
    const [first] = batches;
    assert(first, "a span has batches");
    const hasGaps = lengthBytes > batchBytes;
    const scratch = hasGaps ? buffers.take(lengthBytes) : undefined;
    const source = scratch?.bytes.subarray(0, lengthBytes) ?? bytes;
    try {
      await read(first, source);
      let at = 0;
      for (const { group, position, start, baseOffset, lengthBytes } of batches) {
        if (hasGaps) bytes.set(source.subarray(start, start + lengthBytes), at);
        if (!isIntact(bytes.subarray(at, at + lengthBytes), baseOffset)) throw damagedInJournal(group.location, position, baseOffset);
        at += lengthBytes;
      }
    } finally {
      scratch?.release();
    }
  };

  return {
    addFromMemory(into, log, from, limit) {
      const tail = log.tail;
      let held: Slab | undefined;
      let start = 0;
      let end = 0;
      let pendingBytes = 0;
      let next = from;
      for (let i = log.indexOf(from); i < tail.length; i++) {
        const row = tail[i] as number;
        const lengthBytes = rows.lengthBytes(row);
        if (rows.baseOffset(row) >= limit || !into.fits(lengthBytes, pendingBytes)) break;
        const group = groups.get(rows.group(row));
        if (!group.memory || !inMemory(group)) break;
        const { slab } = group.memory;
        const position = group.memory.position + rows.position(row);
        if (slab !== held || position !== end) {
          if (held) into.add(held.bytes.subarray(start, end));
          pendingBytes = 0;
          start = position;
        }
        if (slab !== held) {
          slab.retain();
          into.hold(slab);
          held = slab;
        }
        end = position + lengthBytes;
        pendingBytes += lengthBytes;
        next = rows.lastOffset(row) + 1;
      }
      if (held) into.add(held.bytes.subarray(start, end));
      return next;
    },

    addFromJournal(into, log, from, limit) {
      const span = spanFrom(into, log, from, limit);
      if (span.batches.length === 0) return from;
      const buffer = buffers.take(span.batchBytes);
      into.hold(buffer);
      const bytes = buffer.bytes.subarray(0, span.batchBytes);
      return readVerified(span, bytes).then(() => {
        into.add(bytes);
        return span.next;
      });
    },

    async idle() {
      await Promise.allSettled([...reading]);
    },
    get journalReads() {
      return journalReads;
    },
  };
}
