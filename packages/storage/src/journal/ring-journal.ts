// The local journal: a ring of files that are overwritten in place (DESIGN §6).
//
//   file 0          file 1          file 2          file 3
//   ┌─────────────┐ ┌─────────────┐ ┌─────────────┐ ┌─────────────┐
//   │ 41 42 43 44 │ │ 45 46 47 ▒▒ │ │ free        │ │ free        │      ▒ older groups
//   └─────────────┘ └──────────▲──┘ └─────────────┘ └─────────────┘
//                       next group
//
// Groups never span files. A file whose groups are all released is free; groups go on in the file that has been free for longest.
// Nothing on disk says what is released: the catalog names the group after which replay begins.
// Invariant: one write at a time, and a group is written only when all before it are durable.
import { type Clock, type Disk, PAGE_BYTES, type Random, type Timers } from "@moldau/env";
import { assert } from "@moldau/std";
import { StorageError } from "../errors.js";
import { diskFailure } from "./disk-failure.js";
import { fullFiles } from "./full-file.js";
import type { GroupLocation, GroupSequence, Journal, JournalFiles, ReplayedGroup } from "./journal.js";
import { type DurableMode, FIRST_GROUP_AT, type RingFile } from "./ring-file.js";
import { type IsPromoted, openRing } from "./ring-folder.js";
import { ringReader } from "./ring-reader.js";
import { type Place, replayRing } from "./ring-replay.js";
import { type FoundGroup, ringScan } from "./ring-scan.js";
import { ringSpace } from "./ring-space.js";
import { unreleased } from "./unreleased.js";

export interface RingJournalOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly brokerId: number;
  readonly random: Random;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly fileBytes?: number;
  readonly maxFiles?: number;
  /** "auto": direct writes where the file system has them. */
  readonly mode?: "auto" | DurableMode;
  /** A file that is full in less time may become a segment. */
  readonly fastFillMs?: number;
  /** Asked for files that were to become segments; without it none was. */
  readonly isPromoted?: IsPromoted;
}

export interface RingJournal extends Journal {
  readonly files: JournalFiles;
  /** How groups are made durable, for the log. */
  readonly mode: DurableMode;
}

const DEFAULT_FILE_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_FILES = 16;
const DEFAULT_FAST_FILL_MS = 1_000;

/** Opens the ring in `directory`, or makes one. Throws CorruptionError, DirectoryRefused, or StorageError. */
export async function ringJournal(options: RingJournalOptions): Promise<RingJournal> {
  const { disk, fileBytes = DEFAULT_FILE_BYTES, maxFiles = DEFAULT_MAX_FILES, fastFillMs = DEFAULT_FAST_FILL_MS } = options;
  const { isPromoted = async () => false } = options;
  const folder = await openRing({ ...options, fileBytes, isPromoted, mode: options.mode ?? "auto" });
  const { identity, mode } = folder;
  const space = ringSpace(folder, { ...options, fileBytes, maxFiles, fastFillMs });
  const asFull = fullFiles(disk, identity, space.zerosEnded);
  const reader = ringReader(disk, mode);
  const backlog = unreleased();
  const maxGroupBytes = fileBytes - FIRST_GROUP_AT;
  let nextSequence: GroupSequence | undefined;
  let replaying = false;
  let closed = false;
  /** Where a group may lie that was begun and never acknowledged: the next one overwrites it, or goes elsewhere once it is erased. */
  let unfinished: Place | undefined;

  const erase = async ({ file, position }: Place): Promise<void> => {
    if (position < file.sizeBytes) await writeDurably(file, disk.alignedMemory(PAGE_BYTES), position);
  };

  /**
   * Makes the last group durable that replay has found: a broker that was killed in the middle of its write may have left it in caches
   * only. Those before it were durable when it was written.
   */
  const writeAgain = async ({ file, position, header }: FoundGroup): Promise<void> => {
    const group = disk.alignedMemory(header.lengthBytes);
    await reader.read(file, position, group);
    await writeDurably(file, group, position);
  };

  const replay = async function* (after: GroupSequence): AsyncGenerator<ReplayedGroup, void> {
    assert(!replaying, "a journal is replayed once");
    replaying = true;
    backlog.begin(after);
    const groups = replayRing(space.files, ringScan(disk, reader, identity), after);
    let last: FoundGroup | undefined;
    for (let step = await groups.next(); ; step = await groups.next()) {
      if (step.done) {
        if (last) await writeAgain(last);
        for (const place of step.value.unfinished) await erase(place);
        unfinished = step.value.place;
        space.begin(step.value, after);
        nextSequence = step.value.nextSequence;
        return;
      }
      last = step.value;
      const { file, position, header, bytes } = last;
      backlog.add(header.lengthBytes);
      yield { location: { sequence: header.sequence, file: file.number, position, lengthBytes: header.lengthBytes }, bytes };
    }
  };

  const append = async (sequence: GroupSequence, group: Uint8Array): Promise<GroupLocation> => {
    if (closed) throw new StorageError("closed", "the journal is closed");
    assert(sequence === nextSequence, () => `group ${sequence} is appended where ${nextSequence} is due`);
    assert(group.length <= maxGroupBytes, () => `a group of ${group.length} bytes`);
    const file = await space.fileFor(group.length);
    const { position } = file;
    if (unfinished && (unfinished.file !== file || unfinished.position !== position)) await erase(unfinished);
    unfinished = { file, position };
    assert(!file.promoted, "no group is written to a segment");
    try {
      await writeDurably(file, group, position, true);
    } catch (error) {
      space.writeFailed(file, error);
      throw error;
    }
    unfinished = undefined;
    file.position += group.length;
    file.lastSequence = sequence;
    nextSequence = sequence + 1;
    backlog.add(group.length);
    space.growAhead();
    return { sequence, file: file.number, position, lengthBytes: group.length };
  };

  return {
    identity,
    mode,
    maxGroupBytes,
    get nextSequence() {
      assert(nextSequence !== undefined, "the journal was replayed");
      return nextSequence;
    },
    append,
    replay,
    files: {
      isFast: space.isFast,
      full(number) {
        const file = space.files.find((one) => one.number === number);
        // What is left of a group that was never acknowledged is erased first.
        return file && unfinished?.file !== file && space.isFull(file) ? asFull(file) : undefined;
      },
    },
    fits: space.fits,
    roomFreed: space.roomFreed,
    read: (location, position, into) => {
      const file = space.files.find(({ number }) => number === location.file);
      assert(file && position < location.lengthBytes, "a read begins within its group");
      return reader.read(file, location.position + position, into);
    },
    release: async (through) => {
      backlog.release(through);
      space.release(through);
    },
    usage: () => ({ usedBytes: backlog.usedBytes, capacityBytes: space.capacityBytes }),
    close: async () => {
      if (closed) return;
      closed = true;
      await space.close();
    },
  };
}

async function writeDurably({ file }: RingFile, pages: Uint8Array, position: number, urgent = false): Promise<void> {
  try {
    await file.write([pages], position, urgent);
  } catch (error) {
    throw diskFailure(error);
  }
}
