// Which partitions go to which segment. One with enough bytes gets a segment of its own; the others share, for a file per partition
// and round would ruin any medium at 10,000 partitions.
import type { GroupSequence } from "../journal/journal.js";
import type { PartitionLog } from "../log/partition-log.js";
import type { Tail } from "../log/tail.js";
import type { TailRows } from "../log/tail-rows.js";

/** The batches of one log that a round takes: the first of its tail. */
export interface PlannedRun {
  readonly log: PartitionLog;
  readonly batchCount: number;
  readonly sizeBytes: number;
}

export interface PlanOptions {
  readonly through: GroupSequence;
  /** From this many bytes on a partition has a segment of its own. */
  readonly ownSegmentBytes: number;
  /** A shared segment takes no more partitions once it has as many bytes. */
  readonly sharedSegmentBytes: number;
}

/** The segments of a round; the runs of each in order of topic and partition. */
export function planSegments({ logs, rows }: Tail, options: PlanOptions): PlannedRun[][] {
  const runs: PlannedRun[] = [];
  for (const log of logs) {
    if (log.dropped) continue;
    const run = runThrough(log, rows, options.through);
    if (run.batchCount > 0) runs.push(run);
  }
  runs.sort(byPartition);

  const segments: PlannedRun[][] = [];
  let shared: PlannedRun[] = [];
  let sharedBytes = 0;
  for (const run of runs) {
    if (run.sizeBytes >= options.ownSegmentBytes) {
      segments.push([run]);
      continue;
    }
    if (shared.length === 0 || sharedBytes >= options.sharedSegmentBytes) {
      shared = [];
      sharedBytes = 0;
      segments.push(shared);
    }
    shared.push(run);
    sharedBytes += run.sizeBytes;
  }
  return segments;
}

/** Rows are in journal order, so the round's are the first. */
function runThrough(log: PartitionLog, rows: TailRows, through: GroupSequence): PlannedRun {
  let batchCount = 0;
  let sizeBytes = 0;
  for (const row of log.tail) {
    if (rows.group(row) > through) break;
    batchCount++;
    sizeBytes += rows.lengthBytes(row);
  }
  return { log, batchCount, sizeBytes };
}

function byPartition({ log: { partition: a } }: PlannedRun, { log: { partition: b } }: PlannedRun): number {
  if (a.topicId !== b.topicId) return a.topicId < b.topicId ? -1 : 1;
  return a.index - b.index;
}
