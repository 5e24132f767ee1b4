// Recovery: the journal groups that are not yet in extents become the tails of their logs again. Reads the journal alone, no
// segments: a start costs the same whatever is stored.
//
// Invariant: replaying is idempotent. It starts after the group that the catalog names; batches that extents hold already (a log that
// was trimmed into its tail) are let go when the log's row is read.
import type { Clock } from "@moldau/env";
import type { TopicId } from "@moldau/std";
import type { StorageEvent } from "../events.js";
import { decodeGroup } from "../journal/group-entries.js";
import type { GroupSequence, Journal } from "../journal/journal.js";
import type { LogTable } from "../log/log-table.js";
import type { Tail } from "../log/tail.js";

/** What a replay found. */
export type Replayed = Omit<Extract<StorageEvent, { kind: "recovered" }>, "kind" | "journalMode">;

export interface ReplayTarget {
  readonly journal: Journal;
  readonly logs: LogTable;
  readonly tail: Tail;
  readonly isLive: (topicId: TopicId) => boolean;
  readonly clock: Clock;
}

/** Throws CorruptionError when the journal is damaged before its torn tail. */
export async function replay(target: ReplayTarget, after: GroupSequence): Promise<Replayed> {
  const { journal, logs, tail, isLive, clock } = target;
  const startedMs = clock.monotonicMs();
  const live = new Map<TopicId, boolean>();
  let batches = 0;
  let deadBatches = 0;
  let bytes = 0;
  for await (const { location, bytes: group } of journal.replay(after)) {
    const entries = decodeGroup(group);
    tail.groups.add({ sequence: location.sequence, location, batchCount: entries.length });
    bytes += location.lengthBytes;
    for (const entry of entries) {
      const { topicId } = entry.partition;
      let alive = live.get(topicId);
      if (alive === undefined) {
        alive = isLive(topicId);
        live.set(topicId, alive);
      }
      if (!alive) {
        deadBatches++;
        continue;
      }
      const log = logs.findOrAdd(entry.partition);
      log.committed(entry, location.sequence);
      tail.grown(log);
      batches++;
    }
  }
  return {
    groups: tail.groups.end - tail.groups.next,
    batches,
    bytes,
    deadBatches,
    elapsedMs: clock.monotonicMs() - startedMs,
  };
}
