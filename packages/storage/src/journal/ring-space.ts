// Which file of the ring the next group goes to, and where the ring gets its files from.
//
//   current   takes groups until the next one does not fit
//   used      full, and holds groups that are not released
//   free      holds none that count; the one free for longest comes next
//
// The ring grows while groups come faster than they are released: when the current file nears its end and none is free, another is
// made in the background, up to a bound. It keeps what it has.
import { type Clock, type Disk, PAGE_BYTES, type Timers } from "@moldau/env";
import { assert } from "@moldau/std";
import { StorageError } from "../errors.js";
import type { GroupSequence } from "./journal.js";
import { FIRST_GROUP_AT, type RingFile } from "./ring-file.js";
import type { RingFolder } from "./ring-folder.js";
import { ringGrowth, SHORTAGE_MS } from "./ring-growth.js";
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
  release(through: GroupSequence): void;
  close(): Promise<void>;
}

export interface RingSpaceOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly fileBytes: number;
  readonly maxFiles: number;
}

export function ringSpace(folder: RingFolder, { disk, clock, timers, fileBytes, maxFiles }: RingSpaceOptions): RingSpace {
  assert(fileBytes % PAGE_BYTES === 0, "files consist of whole pages");
  assert(maxFiles >= MIN_FILES, `a ring has at least ${MIN_FILES} files`);
  const files = [...folder.files];
  const growth = ringGrowth(disk, clock, fileBytes);
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
    file.lastSequence = 0;
    file.position = FIRST_GROUP_AT;
    free.push(file);
  };

  const create = (): Promise<void> => {
    const number = Math.max(-1, ...files.map((file) => file.number)) + 1;
    creating ??= growth
      .growing(() => folder.create(number))
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
    if (left && left.lastSequence <= releasedThrough) setFree(left);
  };

  const prepareAhead = async (file: RingFile, until: number): Promise<void> => {
    while (!closed && file.preparedBytes < until) await growth.prepare(file, file.preparedBytes + 1);
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
      if (current.preparedBytes < current.position + lengthBytes) await growth.prepare(current, current.position + lengthBytes);
      return current;
    },
    growAhead: () => {
      if (growing || closed || !current || growth.isShort()) return;
      const nearsEnd = current.preparedBytes === current.capacityBytes && current.capacityBytes - current.position <= AHEAD_BYTES;
      const file = nearsEnd ? free[0] : current;
      if (!file) {
        if (mayCreate()) growInBackground(create);
        return;
      }
      const until = Math.min(file.capacityBytes, file.position + AHEAD_BYTES);
      if (file.preparedBytes < until) growInBackground(() => prepareAhead(file, until));
    },
    release: (through) => {
      releasedThrough = Math.max(releasedThrough, through);
      for (const file of files) if (file !== current && file.lastSequence > 0 && file.lastSequence <= through) setFree(file);
      room.fire();
    },
    close: async () => {
      closed = true;
      await growing;
      for (const { file } of files) await file.close();
    },
  };
}
