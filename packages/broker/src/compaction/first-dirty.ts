// How old the oldest record is that was not compacted, which matters where max.compaction.lag.ms is set.
import { batchMaxTimestamp } from "@moldau/records";
import { type PartitionId, partitionKey, type TopicId } from "@moldau/std";
import type { Log } from "@moldau/storage";

export interface FirstDirty {
  /** The time of the first batch at or after the offset; undefined when it has none. Rejects as `Log.read` does. */
  timeOf(log: Log, offset: number): Promise<number | undefined>;
  /** Forgets the logs of topics that are not to be kept. */
  retain(isKept: (topicId: TopicId) => boolean): void;
}

interface Timed {
  readonly partition: PartitionId;
  readonly offset: number;
  readonly timestamp: number | undefined;
}

export function firstDirty(): FirstDirty {
  // Batches stay what they are, so each is read once.
  const known = new Map<string, Timed>();
  return {
    async timeOf(log, dirtyOffset) {
      const { partition } = log;
      const key = partitionKey(partition);
      const offset = Math.max(dirtyOffset, log.logStartOffset);
      const before = known.get(key);
      if (before?.offset === offset) return before.timestamp;
      const timestamp = await firstTimestamp(log, offset);
      known.set(key, { partition, offset, timestamp });
      return timestamp;
    },
    retain(isKept) {
      for (const [key, { partition }] of known) if (!isKept(partition.topicId)) known.delete(key);
    },
  };
}

async function firstTimestamp(log: Log, from: number): Promise<number | undefined> {
  const slice = await log.read(from, { maxBytes: 1, atLeastOne: true, below: log.highWatermark });
  const [batch] = slice.parts;
  const timestamp = batch && batchMaxTimestamp(batch, 0);
  slice.release();
  return timestamp === undefined || timestamp < 0 ? undefined : timestamp;
}
