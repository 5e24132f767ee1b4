// How much one round of consolidation takes: whole journal groups, the oldest first, within bounds of bytes, batches and memory.
import type { GroupSequence } from "../journal/journal.js";
import { inMemory, type TailGroups } from "../log/tail-groups.js";

export interface RoundBounds {
  /** Bytes of groups after which no more are taken. */
  readonly roundBytes: number;
  /** Batches after which no more are taken. */
  readonly roundBatches: number;
  /** The same for groups that memory has let go, for they are loaded whole. */
  readonly roundLoadedBytes: number;
}

/** The last group of the next round, which begins with the oldest that is not in extents. There is one. */
export function lastOfRound(groups: TailGroups, bounds: RoundBounds): GroupSequence {
  let bytes = 0;
  let batches = 0;
  let loadedBytes = 0;
  for (let sequence = groups.next; sequence < groups.end; sequence++) {
    const group = groups.get(sequence);
    const { lengthBytes } = group.location;
    bytes += lengthBytes;
    batches += group.batchCount;
    if (!inMemory(group)) loadedBytes += lengthBytes;
    if (bytes >= bounds.roundBytes || batches >= bounds.roundBatches || loadedBytes >= bounds.roundLoadedBytes) return sequence;
  }
  return groups.end - 1;
}
