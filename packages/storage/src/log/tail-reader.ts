// Reads batches of the tail: as slices of the slabs they were written in or, once a slab was given to newer groups, from the journal.
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
  /** The same for batches that lie side by side in the journal; the tail holds `from`. At once when none fits. */
  addFromJournal(into: Gathering, log: PartitionLog, from: number, limit: number): number | Promise<number>;
  /** Resolves when no read that is going on now needs the journal. */
  idle(): Promise<void>;
  readonly journalReads: number;
}

/** A batch in a run of bytes. */
interface BatchPlace {
  readonly baseOffset: number;
  readonly lengthBytes: number;
}

export interface TailPorts {
  readonly journal: Journal;
  readonly tail: Tail;
  readonly buffers: ReadBuffers;
}

export function tailReader({ journal, tail: { rows, groups }, buffers }: TailPorts): TailReader {
  const reading = new Set<Promise<void>>();
  let journalReads = 0;

  /** Fills `bytes` with side by side batches of the group, and checks each. */
  const readVerified = async (group: TailGroup, position: number, bytes: Uint8Array, batches: readonly BatchPlace[]) => {
    const read = journal.read(group.location, position, bytes);
    reading.add(read);
    journalReads++;
    try {
      await read;
    } finally {
      reading.delete(read);
    }
    let at = 0;
    for (const { baseOffset, lengthBytes } of batches) {
      if (!isIntact(bytes.subarray(at, at + lengthBytes), baseOffset)) {
        throw damagedInJournal(group.location, position + at, baseOffset);
      }
      at += lengthBytes;
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
      const tail = log.tail;
      const index = log.indexOf(from);
      const first = tail[index] as number;
      const group = groups.get(rows.group(first));
      const position = rows.position(first);
      const batches: BatchPlace[] = [];
      let sizeBytes = 0;
      let next = from;
      for (let i = index; i < tail.length; i++) {
        const row = tail[i] as number;
        const lengthBytes = rows.lengthBytes(row);
        const adjacent = rows.group(row) === group.sequence && rows.position(row) === position + sizeBytes;
        if (!adjacent || rows.baseOffset(row) >= limit || !into.fits(lengthBytes, sizeBytes)) break;
        batches.push({ baseOffset: rows.baseOffset(row), lengthBytes });
        sizeBytes += lengthBytes;
        next = rows.lastOffset(row) + 1;
      }
      if (batches.length === 0) return from;
      const buffer = buffers.take(sizeBytes);
      into.hold(buffer);
      const bytes = buffer.bytes.subarray(0, sizeBytes);
      return readVerified(group, position, bytes, batches).then(() => {
        into.add(bytes);
        return next;
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
