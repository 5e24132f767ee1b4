// Which partitions the journal has batches of that are in no extents yet, and in which groups.
import { type PartitionId, partitionKey } from "@moldau/std";
import { type JournalSurvey, journalBatches, type SurveyedGroup } from "./journal-survey.js";

export interface PartitionTail {
  readonly partition: PartitionId;
  readonly groups: readonly SurveyedGroup[];
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly batchCount: number;
  readonly sizeBytes: number;
}

/** By partitionKey. */
export async function tailIndex(journal: JournalSurvey, after: number): Promise<ReadonlyMap<string, PartitionTail>> {
  const tails = new Map<string, Mutable<PartitionTail> & { groups: SurveyedGroup[] }>();
  const groups = journal.groups.filter(({ sequence }) => sequence > after);
  for await (const { group, entry } of journalBatches(journal, groups)) {
    const { partition, baseOffset, lastOffset, lengthBytes } = entry;
    const key = partitionKey(partition);
    let tail = tails.get(key);
    if (!tail) {
      tail = { partition, groups: [], firstOffset: baseOffset, lastOffset, batchCount: 0, sizeBytes: 0 };
      tails.set(key, tail);
    }
    if (tail.groups.at(-1) !== group) tail.groups.push(group);
    tail.lastOffset = Math.max(tail.lastOffset, lastOffset);
    tail.batchCount++;
    tail.sizeBytes += lengthBytes;
  }
  return tails;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
