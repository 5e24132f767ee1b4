// Group commit over a journal.
//
//   append → [ open group ] → [ closed groups ] → [ the group being written ] → durable → listener, promise
//                 ↑ the next one begins as soon as this one closes
//
// One write is in flight. When it ends, whatever has gathered meanwhile is written next: under load groups grow by themselves, and
// an idle journal writes at once, at the end of the event loop's turn, so that requests which arrived together share a group.
// Invariant: sequences are given when a group begins and are used without a hole; a failure takes back all that are not durable.
import type { Clock, Timers } from "@moldau/env";
import { assert } from "@moldau/std";
import { StorageError } from "../errors.js";
import { admission } from "./admission.js";
import { GROUP_HEADER_BYTES } from "./group.js";
import type { GroupCommit, GroupListener } from "./group-commit.js";
import { journalEntry } from "./group-entries.js";
import type { GroupLocation, Journal } from "./journal.js";
import {
  beginGroup,
  closeGroup,
  committedGroup,
  encodedGroup,
  type GroupInMemory,
  groupBytesFor,
  hasRoom,
  maxBatchBytesOf,
} from "./open-group.js";
import { quietSeal } from "./quiet-seal.js";
import { roomWithin } from "./room-within.js";
import type { SlabPool } from "./slab-pool.js";
import { tocBuilder } from "./toc-builder.js";

export interface GroupCommitOptions {
  /** Replayed already. */
  readonly journal: Journal;
  readonly slabs: SlabPool;
  readonly listener: GroupListener;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long an append waits for room before it is refused. */
  readonly patienceMs?: number;
  /** A group closes when it would be larger; a larger batch gets a group of its own. */
  readonly maxGroupBytes?: number;
  /** Bytes appended and not durable, beyond which appends wait. */
  readonly maxPendingBytes?: number;
  /** How long after the last append a seal is written. */
  readonly quietMs?: number;
}

const DEFAULT_PATIENCE_MS = 20_000;
const DEFAULT_MAX_GROUP_BYTES = 8 * 1024 * 1024;
const DEFAULT_MAX_PENDING_BYTES = 16 * 1024 * 1024;
const DEFAULT_QUIET_MS = 1_000;

export function groupCommit(options: GroupCommitOptions): GroupCommit {
  const { journal, slabs, listener, clock, timers } = options;
  const { patienceMs = DEFAULT_PATIENCE_MS, maxPendingBytes = DEFAULT_MAX_PENDING_BYTES, quietMs = DEFAULT_QUIET_MS } = options;
  const largestGroupBytes = Math.min(slabs.maxBytes, journal.maxGroupBytes);
  const maxGroupBytes = Math.min(options.maxGroupBytes ?? DEFAULT_MAX_GROUP_BYTES, slabs.slabBytes, largestGroupBytes);
  const maxBatchBytes = maxBatchBytesOf(largestGroupBytes);

  const toc = tocBuilder();
  let nextSequence = journal.nextSequence;
  let open: GroupInMemory | undefined;
  let closedGroups: GroupInMemory[] = [];
  let writing: GroupInMemory | undefined;
  let running = false;
  let parked = false;
  let pendingBytes = 0;
  let closed = false;

  const seal = quietSeal({ timers, clock, quietMs, unsealed: nextSequence > 1, write: () => appendSeal() });

  const gate = admission({
    clock,
    timers,
    patienceMs,
    hasRoom: (grantedBytes, lengthBytes) => {
      const ahead = pendingBytes + grantedBytes;
      if (parked || (ahead > 0 && ahead + lengthBytes > maxPendingBytes)) return false;
      const groupBytes = groupBytesFor(lengthBytes + grantedBytes + (open?.batchesEnd ?? 0));
      return roomInJournal(Math.min(groupBytes, largestGroupBytes)) && slabs.has(Math.min(groupBytesFor(lengthBytes), largestGroupBytes));
    },
  });
  slabs.onReleased = gate.pump;

  let awaitingRoom = false;
  const roomInJournal = (lengthBytes: number): boolean => {
    if (journal.fits(lengthBytes)) return true;
    if (!awaitingRoom) {
      awaitingRoom = true;
      void journal.roomFreed().then(() => {
        awaitingRoom = false;
        gate.pump();
      });
    }
    return false;
  };

  const closeOpen = (): void => {
    if (!open) return;
    closeGroup(open, toc);
    closedGroups.push(open);
    open = undefined;
  };

  const begin = (batchBytes: number): GroupInMemory => {
    closeOpen();
    const slab = slabs.take(groupBytesFor(batchBytes));
    if (!slab) throw new StorageError("full", "no memory for a journal group: append without admission");
    open = beginGroup(nextSequence++, slab);
    return open;
  };

  const start = (): void => {
    if (running) return;
    running = true;
    void timers.yield().then(run);
  };

  const run = async (): Promise<void> => {
    for (;;) {
      if (closedGroups.length === 0) closeOpen();
      writing = closedGroups.shift();
      if (!writing) break;
      const group = writing;
      try {
        const location = await write(group);
        writing = undefined;
        committed(group, location);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        fail(group, error);
      }
      gate.pump();
    }
    running = false;
  };

  /** A full journal gets as much patience as an append does. */
  const write = async (group: GroupInMemory): Promise<GroupLocation> => {
    const { sequence } = group.pending;
    const bytes = encodedGroup(group, journal.identity, sequence - 1);
    for (const deadlineMs = clock.monotonicMs() + patienceMs; ; ) {
      if (!journal.fits(bytes.length)) await park(bytes.length, deadlineMs - clock.monotonicMs());
      try {
        return await journal.append(sequence, bytes);
      } catch (error) {
        const mayWait = error instanceof StorageError && error.kind === "full" && clock.monotonicMs() < deadlineMs;
        if (!mayWait) throw error;
      }
    }
  };

  const park = async (lengthBytes: number, leftMs: number): Promise<void> => {
    parked = true;
    try {
      await roomWithin(leftMs, journal, lengthBytes, timers);
    } finally {
      parked = false;
    }
  };

  const committed = (group: GroupInMemory, location: GroupLocation): void => {
    group.slab.unwritten--;
    pendingBytes -= group.batchesEnd - GROUP_HEADER_BYTES;
    seal.committed(group.entries.length === 0);
    listener.committed(committedGroup(group, location), group.entries);
    group.resolve();
  };

  /** Takes back the group that failed and all behind it: their sequences are given anew. */
  const fail = (failed: GroupInMemory, error: StorageError): void => {
    const gone = [failed, ...closedGroups, ...(open ? [open] : [])];
    writing = undefined;
    closedGroups = [];
    open = undefined;
    toc.clear();
    nextSequence = failed.pending.sequence;
    pendingBytes = 0;
    for (const { slab } of gone) slab.unwritten--;
    listener.failed(
      gone.flatMap(({ entries }) => entries),
      error,
    );
    for (const { reject } of gone) reject(error);
  };

  const appendSeal = async (): Promise<void> => {
    const { durable } = begin(0).pending;
    closeOpen();
    start();
    await durable;
  };

  const newest = () => (open ?? closedGroups.at(-1) ?? writing)?.pending.durable;
  const flush = async (): Promise<void> => {
    await newest();
    if (seal.isDue()) await appendSeal();
  };

  return {
    maxBatchBytes,
    admit: gate.admit,
    append: (partition, batch) => {
      if (closed) throw new StorageError("closed", "the journal is closed");
      assert(batch.length <= maxBatchBytes, () => `a batch of ${batch.length} bytes, more than ${maxBatchBytes}`);
      const group = open && hasRoom(open, batch.length, maxGroupBytes) ? open : begin(batch.length);
      const position = group.batchesEnd;
      const entry = journalEntry(partition, batch, 0, position, batch.length);
      group.slab.bytes.set(batch, group.start + position);
      toc.add(partition, batch, position);
      group.batchesEnd += batch.length;
      group.entries.push(entry);
      pendingBytes += batch.length;
      start();
      return { entry, group: group.pending };
    },
    quiet: () =>
      newest()?.then(
        () => {},
        () => {},
      ),
    flush,
    close: async () => {
      if (closed) return;
      closed = true;
      gate.close(new StorageError("closed", "the journal is closing"));
      try {
        await flush();
      } catch (error) {
        // The listener has been told of what failed; what is durable stays so without a seal.
        if (!(error instanceof StorageError)) throw error;
      } finally {
        seal.close();
      }
    },
  };
}
