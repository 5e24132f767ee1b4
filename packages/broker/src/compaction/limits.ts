// How far a partition may be compacted now.
import type { DirtLimits } from "@moldau/storage";
import type { Partition } from "../partitions/partition.js";
import type { CompactionConfig } from "./verdict.js";

/** Nothing from the first open transaction on. The last record does not count: storage keeps it, so that who reads the log arrives at its end. */
export function limitsOf(partition: Partition, { minCompactionLagMs }: CompactionConfig, nowMs: number): DirtLimits {
  const below = Math.min(partition.producers().transactions.lastStableOffset(), partition.log.highWatermark - 1);
  return minCompactionLagMs > 0 ? { below, olderThanMs: nowMs - minCompactionLagMs } : { below };
}
