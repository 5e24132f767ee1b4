// Which file of the ring the next group goes to, and where the ring gets its files from.
//
//   current   takes groups until the next one does not fit
//   used      full, and holds groups that are not released
//   free      holds none that count; the one free for longest comes next
//   promoted  is a segment, and leaves the ring once its groups are released
//
// The ring grows while groups come faster than they are released, or files leave it: when none is free, another is made in the
// background, up to a bound. It keeps what it has.
// Invariant: a promoted file is never written again.
import { type Clock, type Disk, DiskError, PAGE_BYTES, type Timers } from "@moldau/env";
import { assert } from "@moldau/std";
import { StorageError } from "../errors.js";
import type { GroupSequence } from "./journal.js";
import { FIRST_GROUP_AT, type RingFile } from "./ring-file.js";
import type { RingFolder } from "./ring-folder.js";
import { ringGrowth, SHORTAGE_MS } from "./ring-growth.js";
import { ringPace } from "./ring-pace.js";
import type { RingEnd } from "./ring-replay.js";
import { signal } from "./signal.js";

/** Space prepared ahead of the groups. */
const AHEAD_BYTES = 16 * 1024 * 1024;
/** One to write to while the other waits to be released. */
const MIN_FILES = 2;

export interface RingSpace {
  readonly files: readonly RingFile[];
  readonly capacityBytes: number;
  /** Where groups go on after replay; files whose groups are all released become free. */
  begin(end: RingEnd, releasedThrough: GroupSequence): void;
  fits(lengthBytes: number): boolean;
  roomFreed(): Promise<void>;
  /** The file whose `position` the next group goes to, prepared that far. Rejects with StorageError. */
  fileFor(lengthBytes: number): Promise<RingFile>;
  /** A group was written: sees to it that there is space when the next ones come. */
  growAhead(): void;
  /** A write to the file failed. */
  writeFailed(file: RingFile, error: unknown): void;
  /** Resolves when no zeros are on their way to the file; for one that takes no more groups, that is for good once it is marked. */
  zerosEnded(file: RingFile): Promise<void>;
  /** Whether files fill within moments. */
  isFast(): boolean;
  /** Whether the file takes no more groups, was filled fast and is not released. */
  isFull(file: RingFile): boolean;
  release(through: GroupSequence): void;
  close(): Promise<void>;
}

export interface RingSpaceOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly fileBytes: number;
  readonly maxFiles: number;
  /** A file that fills in less time is filled fast. */
  readonly fastFillMs: number;
}

export function ringSpace(folder: RingFolder, options: RingSpaceOptions): RingSpace {
  const { disk, clock, timers, fileBytes, maxFiles, fastFillMs } = options;
  assert(fileBytes % PAGE_BYTES === 0, "files consist of whole pages");
  assert(maxFiles >= MIN_FILES, `a ring has at least ${MIN_FILES} files`);
  const files = [...folder.files];
  const growth = ringGrowth(disk, clock, fileBytes);
  const pace = ringPace(clock, fileBytes, fastFillMs);
  /** Files that leave; their numbers are not given anew before their names are gone. */
  const leaving = new Map<RingFile, Promise<void>>();
  const room = signal();
  let free: RingFile[] = [];
  let current: RingFile | undefined;
  let releasedThrough: GroupSequence = 0;
  let creating: Promise<void> | undefined;
  let growing: Promise<void> | undefined;
  let closed = false;

  /** How far groups may go in a file: a full disk prepares no more. */
  const limit = (file: RingFile): number => (growth.isShort() ? file.preparedBytes : file.capacityBytes);
  const takes = (file: RingFile, lengthBytes: number): boolean => file.position + lengthBytes <= limit(file);
  const mayCreate = (): boolean => files.length < maxFiles && !growth.isShort();

  const setFree = (file: RingFile): void => {
    assert(!file.promoted, "a promoted file is no space for groups");
    file.lastSequence = 0;
    file.filledFast = false;
    file.segmentId = undefined;
    file.position = FIRST_GROUP_AT;
    free.push(file);
  };

  const isFast = (): boolean => current !== undefined && pace.isFast(current);

  const unusedNumber = (): number => {
    const used = new Set([...files, ...leaving.keys()].map((file) => file.number));
    let number = 0;
    while (used.has(number)) number++;
    return number;
  };

  /** A file whose name stays all the same is known by its mark at the next start. */
  const remove = (file: RingFile): void => {
    files.splice(files.indexOf(file), 1);
    // Invariant: nothing is on its way to a file that is closed. The system gives its descriptor to the next file that is opened.
    const gone = growth
      .zerosEnded(file)
      .then(() => file.file.close())
      .then(() => disk.remove(file.path))
      .then(
        () => void leaving.delete(file),
        (error: unknown) => {
          if (!(error instanceof DiskError)) throw error;
        },
      );
    leaving.set(file, gone);
  };

  const create = (): Promise<void> => {
    creating ??= growth
      .growing(() => folder.create(unusedNumber(), isFast()))
      .then((file) => {
        files.push(file);
        free.push(file);
      })
      .finally(() => {
        creating = undefined;
      });
    return creating;
  };

  const leaveFor = (next: RingFile): void => {
    const left = current;
    free = free.filter((file) => file !== next);
    current = next;
    if (left) left.filledFast = pace.filled(left);
    pace.begun(next);
    if (left && left.lastSequence <= releasedThrough) setFree(left);
  };

  const prepareAhead = async (file: RingFile, until: number): Promise<void> => {
    const awaitsGroups = () => file === current || free.includes(file);
    while (!closed && awaitsGroups() && file.preparedBytes < until) await growth.prepare(file, file.preparedBytes + 1);
  };

  const growInBackground = (action: () => Promise<void>): void => {
    growing = action()
      .catch((error: unknown) => {
        // Whoever needs the space gets the error.
        if (!(error instanceof StorageError)) throw error;
      })
      .finally(() => {
        growing = undefined;
      });
  };

  return {
    files,
    get capacityBytes() {
      return maxFiles * fileBytes;
    },
    begin: (end, after) => {
      releasedThrough = after;
      current = end.place?.file;
      if (end.place) end.place.file.position = end.place.position;
      for (const file of files) if (file !== current && file.lastSequence <= after) setFree(file);
      current ??= free.shift();
      if (current) pace.begun(current);
    },
    fits: (lengthBytes) =>
      (current !== undefined && takes(current, lengthBytes)) || free.some((file) => takes(file, lengthBytes)) || mayCreate(),
    roomFreed: () => {
      if (growth.isShort()) timers.after(SHORTAGE_MS, room.fire);
      return room.wait();
    },
    fileFor: async (lengthBytes) => {
      assert(current, "replay comes before the first append");
      if (!takes(current, lengthBytes)) {
        if (!free.some((file) => takes(file, lengthBytes)) && mayCreate()) await create();
        const next = free.find((file) => takes(file, lengthBytes));
        if (!next) throw new StorageError("full", `all ${files.length} files of the journal hold groups that are not released`);
        leaveFor(next);
      }
      await growth.claim(current, current.position + lengthBytes, isFast());
      return current;
    },
    growAhead: () => {
      if (growing || closed || !current || growth.isShort()) return;
      if (isFast()) {
        if (free.length === 0 && mayCreate()) growInBackground(create);
        return;
      }
      const nearsEnd = current.preparedBytes === current.capacityBytes && current.capacityBytes - current.position <= AHEAD_BYTES;
      const file = nearsEnd ? free[0] : current;
      if (!file) {
        if (mayCreate()) growInBackground(create);
        return;
      }
      const until = Math.min(file.capacityBytes, file.position + AHEAD_BYTES);
      if (file.preparedBytes < until) growInBackground(() => prepareAhead(file, until));
    },
    writeFailed: (file, error) => {
      if (!(error instanceof StorageError && error.kind === "full")) return;
      // A hole that could not be filled: what was taken for prepared is not.
      file.preparedBytes = Math.min(file.preparedBytes, file.position);
      growth.noteFull();
    },
    zerosEnded: growth.zerosEnded,
    isFast,
    isFull: (file) => file !== current && file.filledFast && !file.promoted && file.lastSequence > releasedThrough,
    release: (through) => {
      releasedThrough = Math.max(releasedThrough, through);
      for (const file of files.filter((file) => file !== current && file.lastSequence > 0 && file.lastSequence <= through)) {
        if (file.promoted) remove(file);
        else setFree(file);
      }
      room.fire();
    },
    close: async () => {
      closed = true;
      await growing;
      await Promise.all(leaving.values());
      for (const { file } of files) await file.close();
    },
  };
}
