// What is known of the logs that are compacted, so that a log in which nothing has happened is not looked up again: where there are 10,000
// of them, that would be most of the work.
import type { PartitionId, TopicId } from "@moldau/std";
import type { Dirt, Log, LogStore } from "@moldau/storage";

export interface KnownLog {
  readonly dirt: Dirt;
  /** Since when the journal is known to hold what it holds of it. */
  readonly journalSinceMs: number;
  /** The log and the store as they were when the store was asked. */
  readonly endOffset: number;
  readonly logStartOffset: number;
  readonly consolidationRounds: number;
}

export interface KnownLogs {
  /** `log` when it is open; `consolidationRounds` as they were before any log was asked about, so that no change is missed. */
  ask(partition: PartitionId, log: Log | undefined, consolidationRounds: number, nowMs: number): Promise<KnownLog>;
  /** Something has changed that the log does not show. */
  forget(partition: PartitionId): void;
  /** Forgets the logs of topics that are not to be kept. */
  retain(isKept: (topicId: TopicId) => boolean): void;
}

export function knownLogs(store: Pick<LogStore, "dirt">): KnownLogs {
  const topics = new Map<TopicId, (KnownLog | undefined)[]>();

  return {
    async ask(partition, log, consolidationRounds, nowMs) {
      const logs = topics.get(partition.topicId) ?? [];
      topics.set(partition.topicId, logs);
      const known = logs[partition.index];
      if (known && isUpToDate(known, log, consolidationRounds)) return known;
      const { highWatermark: endOffset = -1, logStartOffset = -1 } = log ?? {};
      const dirt = await store.dirt(partition);
      const sameJournal = known !== undefined && known.dirt.journalBytes > 0 && known.dirt.extentsEnd === dirt.extentsEnd;
      const journalSinceMs = sameJournal ? known.journalSinceMs : nowMs;
      const asked = { dirt, journalSinceMs, endOffset, logStartOffset, consolidationRounds };
      logs[partition.index] = asked;
      return asked;
    },
    forget({ topicId, index }) {
      const logs = topics.get(topicId);
      if (logs) logs[index] = undefined;
    },
    retain(isKept) {
      for (const topicId of topics.keys()) if (!isKept(topicId)) topics.delete(topicId);
    },
  };
}

function isUpToDate({ dirt, endOffset, logStartOffset, ...known }: KnownLog, log: Log | undefined, consolidationRounds: number): boolean {
  if (dirt.journalBytes > 0 && known.consolidationRounds !== consolidationRounds) return false;
  // Nothing is appended to a log that is not open.
  return !log || (endOffset === log.highWatermark && logStartOffset === log.logStartOffset);
}
