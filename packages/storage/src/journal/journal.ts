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
  /** Fills `into` with the group's bytes from `position` (relative to the group) on. */
  read(location: GroupLocation, position: number, into: Uint8Array): Promise<void>;
  /**
   * The groups after `after`, in order, verified. Ends before a torn tail; throws CorruptionError (file and position in the
   * message) for damage before it. Called once, before the first append, which continues where replay ended.
   */
  replay(after: GroupSequence): AsyncIterable<ReplayedGroup>;
  /** The groups up to and including `through` are needed no more: their space is used again. */
  release(through: GroupSequence): Promise<void>;
  /** Bytes in use by unreleased groups, and the bytes the journal may grow to. */
  usage(): { readonly usedBytes: number; readonly capacityBytes: number };
  close(): Promise<void>;
}

export interface ReplayedGroup {
  readonly location: GroupLocation;
  /** The group's bytes, valid until the next one is asked for. */
  readonly bytes: Uint8Array;
}
