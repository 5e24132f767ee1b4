// The journal groups that are not yet in extents, by sequence: where the batches of the tail lie on disk, and in memory while the
// slab is still theirs. After a restart they lie on disk only.
import { assert } from "@moldau/std";
import type { Slab } from "../journal/group-commit.js";
import type { GroupLocation, GroupSequence } from "../journal/journal.js";

/** A group as the tail knows it. */
export interface TailGroup {
  readonly sequence: GroupSequence;
  readonly location: GroupLocation;
  readonly batchCount: number;
  /** Where it was written from. A group that was replayed has none. */
  readonly memory?: { readonly slab: Slab; readonly generation: number; readonly position: number };
}

export interface TailGroups {
  /** The next group in sequence. */
  add(group: TailGroup): void;
  get(sequence: GroupSequence): TailGroup;
  /** Forgets the groups up to and including `through`. */
  cut(through: GroupSequence): void;
  /** The oldest kept, and one past the newest. Equal when there is none. */
  readonly first: GroupSequence;
  readonly end: GroupSequence;
  /** Bytes of the groups kept, in the journal. */
  readonly sizeBytes: number;
  /** The part of them that was written since the start. */
  readonly writtenBytes: number;
}

export function tailGroups(): TailGroups {
  let groups: TailGroup[] = [];
  let first = 0;
  let sizeBytes = 0;
  let writtenBytes = 0;
  const count = ({ location, memory }: TailGroup, sign: 1 | -1) => {
    sizeBytes += sign * location.lengthBytes;
    if (memory) writtenBytes += sign * location.lengthBytes;
  };
  return {
    add(group) {
      if (groups.length === 0) first = group.sequence;
      // Invariant: groups come in sequence, without a hole.
      assert(group.sequence === first + groups.length, () => `journal group ${group.sequence} follows ${first + groups.length - 1}`);
      groups.push(group);
      count(group, 1);
    },
    get(sequence) {
      const group = groups[sequence - first];
      assert(group, () => `journal group ${sequence} is in the tail`);
      return group;
    },
    cut(through) {
      const gone = Math.max(0, Math.min(through - first + 1, groups.length));
      for (const group of groups.slice(0, gone)) count(group, -1);
      if (gone > 0) groups = groups.slice(gone);
      first = Math.max(first, through + 1);
    },
    get first() {
      return first;
    },
    get end() {
      return first + groups.length;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    get writtenBytes() {
      return writtenBytes;
    },
  };
}

/** Whether the group's bytes are still where they were written from. */
export const inMemory = ({ memory }: TailGroup): boolean => memory?.slab.valid(memory.generation) ?? false;
