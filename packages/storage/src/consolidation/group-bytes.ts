// The bytes of a round's groups, all in memory while the round runs: kept from being recycled where they lie, or loaded whole.
// A round reads its groups partition by partition; from the disk that would be a read per batch.
import { assert } from "@moldau/std";
import type { GroupSequence, Journal } from "../journal/journal.js";
import { damagedInJournal, isIntact } from "../log/intact.js";
import type { ReadBuffers } from "../log/read-buffers.js";
import type { Tail } from "../log/tail.js";
import { inMemory, type TailGroup } from "../log/tail-groups.js";

export interface GroupBytes {
  /** The row's batch. Throws CorruptionError when it came from the disk and is not what was written. */
  batch(row: number): Uint8Array;
  release(): void;
}

interface Held {
  readonly bytes: Uint8Array;
  /** Where the group begins in them. */
  readonly position: number;
  readonly fromDisk: boolean;
  release(): void;
}

export interface GroupSource {
  readonly journal: Journal;
  readonly tail: Tail;
  readonly buffers: ReadBuffers;
}

/** Groups loaded at once. */
const LOADS_AT_ONCE = 4;

/** Holds those groups. */
export async function holdGroups(source: GroupSource, wanted: Iterable<GroupSequence>): Promise<GroupBytes> {
  const { journal, buffers } = source;
  const { rows, groups } = source.tail;
  const held = new Map<GroupSequence, Held>();
  const release = () => {
    for (const one of held.values()) one.release();
    held.clear();
  };
  const loadNext = async (sequences: Iterator<GroupSequence>) => {
    for (let next = sequences.next(); !next.done; next = sequences.next()) {
      const group = groups.get(next.value);
      // At once when the group is in memory, so that its slab is not used again between the look and the hold.
      held.set(next.value, holdInMemory(group) ?? (await load(group, journal, buffers)));
    }
  };
  const sequences = wanted[Symbol.iterator]();
  const loads = await Promise.allSettled(Array.from({ length: LOADS_AT_ONCE }, () => loadNext(sequences)));
  const failed = loads.find((one) => one.status === "rejected");
  if (failed) {
    release();
    throw failed.reason;
  }
  return {
    batch(row) {
      const sequence = rows.group(row);
      const group = held.get(sequence);
      assert(group, "a round's batches lie in its groups");
      const start = group.position + rows.position(row);
      const batch = group.bytes.subarray(start, start + rows.lengthBytes(row));
      if (group.fromDisk && !isIntact(batch, rows.baseOffset(row))) {
        throw damagedInJournal(groups.get(sequence).location, rows.position(row), rows.baseOffset(row));
      }
      return batch;
    },
    release,
  };
}

function holdInMemory(group: TailGroup): Held | undefined {
  if (!group.memory || !inMemory(group)) return undefined;
  const { slab, position } = group.memory;
  slab.retain();
  return { bytes: slab.bytes, position, fromDisk: false, release: () => slab.release() };
}

/** The groups from `first` through `last`. */
export function* groupsBetween(first: GroupSequence, last: GroupSequence): Iterable<GroupSequence> {
  for (let sequence = first; sequence <= last; sequence++) yield sequence;
}

async function load({ location }: TailGroup, journal: Journal, buffers: ReadBuffers): Promise<Held> {
  const buffer = buffers.take(location.lengthBytes);
  try {
    await journal.read(location, 0, buffer.bytes.subarray(0, location.lengthBytes));
  } catch (error) {
    buffer.release();
    throw error;
  }
  return { bytes: buffer.bytes, position: 0, fromDisk: true, release: buffer.release };
}
