// Which partitions go to which segment. One with enough bytes gets a segment of its own; the others share, for a file per partition
// and round would ruin any medium at 10,000 partitions.
import type { GroupSequence } from "../journal/journal.js";
import type { PartitionLog } from "../log/partition-log.js";
import type { Tail } from "../log/tail.js";
import type { TailRows } from "../log/tail-rows.js";
import { comparePartitions } from "../merging/compare-partitions.js";

/** The batches of one log that a round takes: the first of its tail, after what is warm. Places in the log's rows. */
export interface PlannedRun {
  readonly log: PartitionLog;
  readonly firstBatch: number;
  readonly batchCount: number;
  readonly sizeBytes: number;
}

export interface PlanOptions {
  readonly through: GroupSequence;
  /** From this many bytes on a partition has a segment of its own. */
  readonly ownSegmentBytes: number;
  /** A shared segment takes no more partitions once it has as many bytes. */
  readonly sharedSegmentBytes: number;
  /** Comes between slices of the work. */
  readonly pause: () => Promise<void>;
}

/** Logs looked at in one go. */
const LOGS_AT_ONCE = 1_000;

/** The segments of a round; the runs of each in order of topic and partition. */
export async function planSegments({ logs, rows }: Tail, options: PlanOptions): Promise<PlannedRun[][]> {
  const runs: PlannedRun[] = [];
  let looked = 0;
  for (const log of logs) {
    if (++looked % LOGS_AT_ONCE === 0) await options.pause();
    if (log.dropped) continue;
    const run = runThrough(log, rows, options.through);
    if (run.batchCount > 0) runs.push(run);
  }
  runs.sort((a, b) => comparePartitions(a.log.partition, b.log.partition));
  return shareOut(runs, options);
}

function shareOut(runs: readonly PlannedRun[], options: PlanOptions): PlannedRun[][] {
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

/** Rows are in journal order, so the round's are the first that are not warm. */
function runThrough(log: PartitionLog, rows: TailRows, through: GroupSequence): PlannedRun {
  const firstBatch = log.warm;
  let batchCount = 0;
  let sizeBytes = 0;
  for (let i = firstBatch; i < log.tail.length; i++) {
    const row = log.tail[i] as number;
    if (rows.group(row) > through) break;
    batchCount++;
    sizeBytes += rows.lengthBytes(row);
  }
  return { log, firstBatch, batchCount, sizeBytes };
}
