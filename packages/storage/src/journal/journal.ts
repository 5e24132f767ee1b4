// The journal port: a broker's ordered, durable sequence of journal groups (DESIGN §6).

import type { GroupIdentity } from "./group.js";

/** Position of a group in the journal's order: grows by one. The first group is 1. */
export type GroupSequence = number;

/** Where a group's bytes lie, for reading them back once memory has let them go. */
export interface GroupLocation {
  readonly sequence: GroupSequence;
  /** The journal's own name of the place: a ring file's number, an object's number. */
  readonly file: number;
  readonly position: number;
  readonly lengthBytes: number;
}

export interface Journal {
  /** What its groups are marked with. */
  readonly identity: GroupIdentity;
  /** The largest group it takes. */
  readonly maxGroupBytes: number;
  /** The group that `append` expects. Known once replay has ended. */
  readonly nextSequence: GroupSequence;
  /**
   * Makes an encoded group durable. `group` is page-aligned memory, a multiple of PAGE_BYTES long, unchanged until this
   * resolves. Groups come one at a time, in sequence. Rejects with StorageError; the same sequence may then be tried again.
   */
  append(sequence: GroupSequence, group: Uint8Array): Promise<GroupLocation>;
  /** Whether a group of that many bytes fits now, counting what may still grow; false while only a release can help. */
  fits(lengthBytes: number): boolean;
  /** Resolves when `fits` may have a better answer: after a release, or when a full disk is worth another try. */
  roomFreed(): Promise<void>;
  /**
   * Fills `into` with the group's bytes from `position` (relative to the group) on. It may reach beyond the group, over what follows in
   * the same file: groups, as their own locations have them, and between them whatever lies there.
   */
  read(location: GroupLocation, position: number, into: Uint8Array): Promise<void>;
  /**
   * The groups after `after`, in order, verified. Ends before a torn tail; throws CorruptionError (file and position in the
   * message) for damage before it. Called once, before the first append, which continues where replay ended.
   */
  replay(after: GroupSequence): AsyncIterable<ReplayedGroup>;
  /** The groups up to and including `through` are needed no more: their space is used again. */
  release(through: GroupSequence): Promise<void>;
  /** Its files, where they may become segments (docs/decisions/0007). */
  readonly files?: JournalFiles;
  /** Bytes in use by unreleased groups, and the bytes the journal may grow to. */
  usage(): { readonly usedBytes: number; readonly capacityBytes: number };
  close(): Promise<void>;
}

export interface ReplayedGroup {
  readonly location: GroupLocation;
  /** The group's bytes, valid until the next one is asked for. */
  readonly bytes: Uint8Array;
}

export interface JournalFiles {
  /** Whether groups come so fast that a file is full within moments. */
  isFast(): boolean;
  /** The file of that number (see GroupLocation) if it is full, was filled fast, and holds groups that are not released. */
  full(file: number): FullFile | undefined;
}

/** A file of the journal that takes no more groups, and what makes a segment of it. */
export interface FullFile {
  readonly path: string;
  readonly lastSequence: GroupSequence;
  /** What its groups take, released ones included; they end at `endPosition`. */
  readonly groupBytes: number;
  readonly endPosition: number;
  /** The segment that it was to become when that was tried before. */
  readonly segmentId: number | undefined;
  /** Writes `end` behind the groups, cuts the file there, and marks it as the head of that segment: durable when this resolves. */
  mark(segmentId: number, end: readonly Uint8Array[]): Promise<void>;
  /** The catalog has the segment: the file is none of the journal's any more, is never written again, and loses its name with `release`. */
  leave(): void;
}
