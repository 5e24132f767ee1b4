// The journal groups that reads may still need, by sequence: where their batches lie on disk, and in memory while the slab is still
// theirs. After a restart they lie on disk only.
//
//   first                    next                       end
//     │ warm: in extents, and  │ tail: in the journal, and   │
//     │ perhaps still in slabs │ perhaps still in slabs      │
//   ──┴────────────────────────┴─────────────────────────────┴──▶ sequence
import { assert } from "@moldau/std";
import type { Slab } from "../journal/group-commit.js";
import type { GroupLocation, GroupSequence } from "../journal/journal.js";

/** A group as the tail knows it. */
export interface TailGroup {
  readonly sequence: GroupSequence;
  /** Of no use for a warm group: the journal may have given its place to another. */
  readonly location: GroupLocation;
  readonly batchCount: number;
  /** Where it was written from. A group that was replayed has none. */
  readonly memory?: { readonly slab: Slab; readonly generation: number; readonly position: number };
}

export interface TailGroups {
  /** The next group in sequence. */
  add(group: TailGroup): void;
  get(sequence: GroupSequence): TailGroup;
  /** The groups up to and including `through` are in extents: they are warm now. */
  consolidated(through: GroupSequence): void;
  /** Forgets warm groups up to and including `through`. */
  forget(through: GroupSequence): void;
  readonly first: GroupSequence;
  readonly next: GroupSequence;
  readonly end: GroupSequence;
  /** Of the tail's groups: bytes in the journal, the part of them that was written since the start, and batches. */
  readonly sizeBytes: number;
  readonly writtenBytes: number;
  readonly batchCount: number;
}

export function tailGroups(): TailGroups {
  let groups: TailGroup[] = [];
  let first = 0;
  let next = 0;
  const sums = { sizeBytes: 0, writtenBytes: 0, batchCount: 0 };
  const count = ({ location, memory, batchCount }: TailGroup, sign: 1 | -1) => {
    sums.sizeBytes += sign * location.lengthBytes;
    if (memory) sums.writtenBytes += sign * location.lengthBytes;
    sums.batchCount += sign * batchCount;
  };
  const get = (sequence: GroupSequence): TailGroup => {
    const group = groups[sequence - first];
    assert(group, () => `journal group ${sequence} is kept`);
    return group;
  };

  return {
    add(group) {
      if (groups.length === 0) first = next = group.sequence;
      // Invariant: groups come in sequence, without a hole.
      assert(group.sequence === first + groups.length, () => `journal group ${group.sequence} follows ${first + groups.length - 1}`);
      groups.push(group);
      count(group, 1);
    },
    get,
    consolidated(through) {
      for (; next <= through; next++) count(get(next), -1);
    },
    forget(through) {
      assert(through < next, "only groups that are in extents are forgotten");
      if (through < first) return;
      groups = groups.slice(through - first + 1);
      first = through + 1;
    },
    get first() {
      return first;
    },
    get next() {
      return next;
    },
    get end() {
      return first + groups.length;
    },
    get sizeBytes() {
      return sums.sizeBytes;
    },
    get writtenBytes() {
      return sums.writtenBytes;
    },
    get batchCount() {
      return sums.batchCount;
    },
  };
}

/** The group's bytes in memory as long as nothing else runs, whoever may hold them; they begin at `position`. */
export function bytesInMemory({ memory }: TailGroup): { readonly bytes: Uint8Array; readonly position: number } | undefined {
  return memory?.slab.generation === memory?.generation && memory ? { bytes: memory.slab.bytes, position: memory.position } : undefined;
}

/** Whether the group's bytes are still where they were written from. */
export const inMemory = ({ memory }: TailGroup): boolean => memory?.slab.valid(memory.generation) ?? false;
