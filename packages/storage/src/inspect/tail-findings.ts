// Whether the journal goes on where the extents of each partition end: offsets that are in neither are lost.
import { type PartitionId, partitionKey, type TopicId } from "@moldau/std";
import type { Finding } from "./finding.js";
import { type JournalBatch, journalBatches } from "./journal-survey.js";
import type { LogsOnDisk } from "./logs-on-disk.js";

export async function* tailFindings({ catalog, journal }: LogsOnDisk, isLive: (topicId: TopicId) => boolean): AsyncIterable<Finding> {
  const rows = new Map(catalog?.partitions.map(({ partition, row }) => [partitionKey(partition), row]));
  const next = new Map<string, number>();
  const after = catalog?.consolidatedThrough ?? 0;
  const groups = journal.groups.filter(({ sequence }) => sequence > after);
  for await (const batch of journalBatches(journal, groups)) {
    const { partition, baseOffset, lastOffset } = batch.entry;
    if (!isLive(partition.topicId)) continue;
    const key = partitionKey(partition);
    const row = rows.get(key);
    const expected = next.get(key) ?? row?.endOffset ?? (catalog ? 0 : baseOffset);
    // What readers can't ask for is not missed.
    const needed = Math.max(expected, row?.logStartOffset ?? 0);
    if (baseOffset > needed) yield hole(batch, partition, needed);
    next.set(key, Math.max(expected, lastOffset + 1));
  }
}

function hole({ group, entry }: JournalBatch, partition: PartitionId, firstOffset: number): Finding {
  const lastOffset = entry.baseOffset - 1;
  return {
    kind: "hole",
    path: group.file.path,
    position: group.position + entry.position,
    partition,
    firstOffset,
    lastOffset,
    message: "the batches before this one are neither in segments nor in the journal",
  };
}
