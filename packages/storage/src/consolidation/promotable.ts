// Which runs of a round could stay where they lie in the journal: large ones whose batches lie side by side, so that reading them
// costs no more reads than reading a sorted segment.
import type { Tail } from "../log/tail.js";
import type { PlannedRun } from "./plan.js";

export interface StretchLimits {
  /** See StoreLimits. */
  readonly promotedShare: number;
  readonly promotedStretchBytes: number;
}

/** Segments of one run that could stay; their bytes together. */
export interface Promotable {
  readonly runs: readonly PlannedRun[];
  readonly sizeBytes: number;
}

/** A partition's segments of its own whose batches lie in long enough stretches. */
export function promotableOf(
  plan: readonly (readonly PlannedRun[])[],
  ownSegmentBytes: number,
  tail: Tail,
  limits: StretchLimits,
): Promotable {
  const runs: PlannedRun[] = [];
  let sizeBytes = 0;
  for (const [run, other] of plan) {
    if (!run || other || run.sizeBytes < ownSegmentBytes) continue;
    if (run.sizeBytes < stretchCount(run, tail) * limits.promotedStretchBytes) continue;
    runs.push(run);
    sizeBytes += run.sizeBytes;
  }
  return { runs, sizeBytes };
}

/** How many stretches of bytes the run's batches lie in. */
function stretchCount({ log, firstBatch, batchCount }: PlannedRun, { rows }: Tail): number {
  let count = 0;
  let group = -1;
  let end = -1;
  for (let i = firstBatch; i < firstBatch + batchCount; i++) {
    const row = log.tail[i] as number;
    if (rows.group(row) !== group || rows.position(row) !== end) count++;
    group = rows.group(row);
    end = rows.position(row) + rows.lengthBytes(row);
  }
  return count;
}
