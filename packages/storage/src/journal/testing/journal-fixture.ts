// What tests of the journal need: batches that are whole, journals on any disk, and everything a replay finds.
import { type Clock, type Disk, systemClock, systemRandom, systemTimers, type Timers } from "@moldau/env";
import { crc32c, type PartitionId, partitionIndex, topicId } from "@moldau/std";
import { type GroupCommitOptions, groupCommit } from "../commit-pipeline.js";
import type { CommittedGroup, GroupCommit, JournalEntry } from "../group-commit.js";
import { decodeGroup } from "../group-entries.js";
import type { GroupSequence } from "../journal.js";
import { type RingJournal, type RingJournalOptions, ringJournal } from "../ring-journal.js";
import { type SlabPoolOptions, slabPool } from "../slab-pool.js";

export const DIRECTORY = "/data/journal";

export const partitionOf = (index: number): PartitionId => ({ topicId: topicId("AAAAAAAAAAAAAAAAAAAAAQ"), index: partitionIndex(index) });

/** A batch of magic 2 with a right crc and records that are mere bytes. */
export function batchOf({ baseOffset = 0, records = 1, bytes = 20, fill = 1 } = {}): Uint8Array {
  const batch = new Uint8Array(61 + bytes).fill(fill, 61);
  const fields = new DataView(batch.buffer);
  fields.setBigInt64(0, BigInt(baseOffset));
  fields.setInt32(8, batch.length - 12);
  fields.setInt32(12, 5);
  fields.setInt8(16, 2);
  fields.setInt32(23, records - 1);
  fields.setBigInt64(27, 1_000n);
  fields.setBigInt64(35, 2_000n);
  fields.setBigInt64(43, -1n);
  fields.setInt16(51, -1);
  fields.setInt32(53, -1);
  fields.setInt32(57, records);
  fields.setUint32(17, crc32c(batch.subarray(21)));
  return batch;
}

export const openRing = (disk: Disk, options: Partial<RingJournalOptions> = {}): Promise<RingJournal> =>
  ringJournal({
    disk,
    directory: DIRECTORY,
    brokerId: 1,
    random: systemRandom,
    clock: systemClock,
    timers: systemTimers,
    fileBytes: 256 * 1024,
    maxFiles: 4,
    ...options,
  });

export interface ReplayedBatches {
  readonly sequence: GroupSequence;
  readonly entries: readonly JournalEntry[];
  readonly batches: readonly Uint8Array[];
}

/** Replays an opened journal to its end. */
export async function replayed(journal: RingJournal, after = 0): Promise<ReplayedBatches[]> {
  const groups: ReplayedBatches[] = [];
  for await (const { location, bytes } of journal.replay(after)) {
    const entries = decodeGroup(bytes);
    const batches = entries.map(({ position, lengthBytes }) => bytes.slice(position, position + lengthBytes));
    groups.push({ sequence: location.sequence, entries, batches });
  }
  return groups;
}

/** Opens the journal on `disk` as a broker would after a crash, and closes it again. */
export async function replayAll(disk: Disk, options: Partial<RingJournalOptions> & { after?: number } = {}): Promise<ReplayedBatches[]> {
  const journal = await openRing(disk, options);
  try {
    return await replayed(journal, options.after);
  } finally {
    await journal.close();
  }
}

export interface OpenCommit {
  readonly journal: RingJournal;
  readonly commit: GroupCommit;
  /** What the listener was told, in words. */
  readonly events: string[];
  readonly groups: CommittedGroup[];
}

export interface CommitSetup {
  readonly ring?: Partial<RingJournalOptions>;
  readonly slabs?: Partial<SlabPoolOptions>;
  readonly commit?: Partial<GroupCommitOptions>;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly after?: GroupSequence;
}

export async function openCommit(disk: Disk, setup: CommitSetup = {}): Promise<OpenCommit> {
  const { clock = systemClock, timers = systemTimers } = setup;
  const journal = await openRing(disk, { clock, timers, ...setup.ring });
  await replayed(journal, setup.after);
  const events: string[] = [];
  const groups: CommittedGroup[] = [];
  const commit = groupCommit({
    journal,
    slabs: slabPool({ disk, clock, slabBytes: 64 * 1024, maxSlabs: 8, ...setup.slabs }),
    clock,
    timers,
    listener: {
      committed: (group, entries) => {
        groups.push(group);
        events.push(`committed ${group.sequence} of ${entries.length} entries`);
      },
      failed: (entries, error) => events.push(`failed ${entries.length} entries: ${error.message}`),
    },
    ...setup.commit,
  });
  return { journal, commit, events, groups };
}
