// Compaction: every now and then all compacted logs are looked at, and those that are dirty enough are compacted, the dirtiest first, one
// at a time. Topics say when, and what must stay; how it is done is storage's (LogStore.compact).
//
//   look ─▶ is there something in the journal that should be compacted? ─▶ consolidate, for all logs together ─▶ look
//     ▲                                                                                                          │
//     └──────────────────────────── as long as some are ──────────── compact ◀───────────────────────────────────┘
import type { CleanerConfig, TopicImage } from "@moldau/metadata";
import type { PartitionId } from "@moldau/std";
import { StorageError } from "@moldau/storage";
import { failureReasonOr } from "../failure.js";
import type { Logger } from "../logger.js";
import { periodically } from "../periodic.js";
import { heldBack } from "./held-back.js";
import { type Cleanable, type LookPorts, limitsText, looksOf, type Seen } from "./look.js";
import { compactPartition, type Pass } from "./pass.js";

export interface CompactionOptions extends Omit<LookPorts, "held" | "failed"> {
  readonly config: () => CleanerConfig;
  readonly log: Logger;
  /** An invariant is broken. */
  readonly fatal: (error: Error) => void;
}

export interface Compaction {
  stats(): CompactionStats;
  /** Gives up what is under way. */
  close(): Promise<void>;
}

export interface CompactionStats {
  /** Times that nothing dirty enough was left. */
  readonly looks: number;
  readonly passes: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly removedRecords: number;
  readonly removedBytes: number;
  readonly failures: number;
  /** Whether a log is being compacted. */
  readonly running: boolean;
  /** Logs of which the last try failed. */
  readonly uncleanable: number;
  readonly maxDirtyRatio: number;
}

/** A longer rest is looked at again meanwhile: it may have been made shorter. */
const LONGEST_PAUSE_MS = 15_000;

/** Looks from now on, until `close`. */
export function compactionOf(options: CompactionOptions): Compaction {
  const { partitions, topicConfig, config, clock, timers, log, fatal } = options;
  const { store } = partitions;
  const held = heldBack();
  const stats = {
    looks: 0,
    passes: 0,
    readBytes: 0,
    writtenBytes: 0,
    removedRecords: 0,
    removedBytes: 0,
    failures: 0,
    running: false,
    maxDirtyRatio: 0,
  };
  let stop: AbortController | undefined;
  let stopWaiting: () => void = () => {};

  const failed = (topic: TopicImage, partition: PartitionId, error: unknown) => {
    // The topic was deleted, or the broker is stopping.
    if (error instanceof StorageError && error.kind === "closed") return;
    const reason = failureReasonOr(fatal, error);
    if (reason === undefined) return;
    stats.failures++;
    held.failed(partition, error, clock.monotonicMs());
    log.warn({ topic: topic.name, partition: partition.index, reason }, "a log could not be compacted; others are");
  };
  const looks = looksOf({ ...options, held, failed });

  const done = ({ topic, partition }: Cleanable, { before, below, compacted }: Pass) => {
    const id = partition.log.partition;
    stats.passes++;
    for (const figure of ["readBytes", "writtenBytes", "removedRecords", "removedBytes"] as const) stats[figure] += compacted[figure];
    held.succeeded(id);
    looks.forget(id);
    const { cleanedThrough, removedRecords } = compacted;
    if (cleanedThrough <= before.cleanedThrough) {
      held.exhausted(id, limitsText(below, before), clock.monotonicMs(), config().backoffMs);
    }
    if (removedRecords > 0) log.info({ topic: topic.name, partition: id.index, ...compacted }, "a log was compacted");
  };

  const compact = async (one: Cleanable) => {
    const { topic, partition } = one;
    stop = new AbortController();
    stats.running = true;
    try {
      const pass = await compactPartition(partition, { config: topicConfig(topic), cleaner: config(), store, clock, stop });
      if (pass) done(one, pass);
    } catch (error) {
      failed(topic, partition.log.partition, error);
    } finally {
      stats.running = false;
      stop = undefined;
    }
  };

  const look = async (closing: () => boolean): Promise<Seen> => {
    const seen = await looks.look(closing);
    stats.maxDirtyRatio = seen.maxDirtyRatio;
    return seen;
  };

  /** It takes as long as the disk fails: closing does not wait for it. When it was in vain, the next look sees that. */
  const consolidated = () =>
    new Promise<void>((resolve) => {
      stopWaiting = resolve;
      store.consolidate().then(resolve, () => resolve());
    });

  let restingSinceMs = clock.monotonicMs();
  const isResting = () => {
    const { backoffMs } = config();
    return backoffMs > LONGEST_PAUSE_MS && clock.monotonicMs() - restingSinceMs < backoffMs;
  };

  const round = async (closing: () => boolean) => {
    if (isResting()) return;
    await compactAll(closing);
    restingSinceMs = clock.monotonicMs();
  };

  const compactAll = async (closing: () => boolean) => {
    while (config().enabled && !closing()) {
      let seen = await look(closing);
      if (seen.isWorthConsolidating) {
        await consolidated();
        if (!closing()) seen = await look(closing);
      }
      if (seen.cleanable.length === 0) {
        stats.looks++;
        return;
      }
      const lookAgainMs = clock.monotonicMs() + config().backoffMs;
      for (const one of seen.cleanable) {
        if (closing() || clock.monotonicMs() > lookAgainMs) break;
        await compact(one);
      }
    }
  };
  const everyMs = () => Math.min(Math.max(config().backoffMs, 1), LONGEST_PAUSE_MS);
  const failedRound = "compaction has to wait for its next look";
  const rounds = periodically({ timers, log, fatal, firstAfterMs: everyMs(), everyMs, round, failed: failedRound });
  return {
    stats: () => ({ ...stats, uncleanable: held.uncleanableCount() }),
    close() {
      stop?.abort();
      stopWaiting();
      return rounds.close();
    },
  };
}
