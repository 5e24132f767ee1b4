// One pass: a log is compacted as far as it may be now.
import type { Clock } from "@moldau/env";
import type { CleanerConfig, TopicConfig } from "@moldau/metadata";
import type { Compacted, CompactionOrder, Dirt, LogStore } from "@moldau/storage";
import type { Partition, Waiter } from "../partitions/partition.js";
import { limitsOf } from "./limits.js";

export interface Pass {
  readonly before: Dirt;
  readonly below: number;
  readonly compacted: Compacted;
}

/** Less would make no progress. */
const LEAST_KEY_BYTES = 1024 * 1024;
const LEAST_BYTES_PER_SECOND = 64 * 1024;

/** Rejects as `LogStore.compact` does. */
export async function compactPartition(
  partition: Partition,
  { config, cleaner, store, clock, stop }: PassOptions,
): Promise<Pass | undefined> {
  const { log } = partition;
  const before = await store.dirt(log.partition);
  const nowMs = clock.now();
  const limits = limitsOf(partition, config, nowMs);
  const { below } = limits;
  const { keyBytes, maxBytesPerSecond } = cleaner;
  const order: CompactionOrder = {
    ...limits,
    nowMs,
    deleteRetentionMs: config.deleteRetentionMs,
    keyBytes: Math.max(keyBytes, LEAST_KEY_BYTES),
    ...(Number.isFinite(maxBytesPerSecond) && { maxBytesPerSecond: Math.max(maxBytesPerSecond, LEAST_BYTES_PER_SECOND) }),
    // Of those that ended before, nothing is left.
    aborted: partition.producers().transactions.abortedWithin(before.cleanedThrough, () => below),
    signal: stop.signal,
  };
  const onDeletion: Waiter = {
    wake() {
      if (partition.deleted()) stop.abort();
    },
  };
  partition.waiters.add(onDeletion);
  try {
    onDeletion.wake();
    return { before, below, compacted: await store.compact(log, order) };
  } catch (error) {
    // Given up, not failed.
    if (stop.signal.aborted) return undefined;
    throw error;
  } finally {
    partition.waiters.delete(onDeletion);
  }
}

export interface PassOptions {
  readonly config: TopicConfig;
  readonly cleaner: CleanerConfig;
  readonly store: LogStore;
  readonly clock: Clock;
  readonly stop: AbortController;
}
