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

/** Holds the groups from the oldest through `through`. */
export async function holdGroups({ journal, tail: { rows, groups }, buffers }: GroupSource, through: GroupSequence): Promise<GroupBytes> {
  const first = groups.first;
  const held: Held[] = [];
  const release = () => {
    for (const one of held) one.release();
    held.length = 0;
  };
  try {
    for (let sequence = first; sequence <= through; sequence++) {
      const one = hold(groups.get(sequence), journal, buffers);
      held.push(one instanceof Promise ? await one : one);
    }
  } catch (error) {
    release();
    throw error;
  }
  return {
    batch(row) {
      const sequence = rows.group(row);
      const group = held[sequence - first];
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

/** Synchronous for groups in memory, so that none is recycled between the look and the hold. */
function hold(group: TailGroup, journal: Journal, buffers: ReadBuffers): Held | Promise<Held> {
  if (!group.memory || !inMemory(group)) return load(group, journal, buffers);
  const { slab, position } = group.memory;
  slab.retain();
  return { bytes: slab.bytes, position, fromDisk: false, release: () => slab.release() };
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
