// Retention: every now and then all partitions are asked, some at a time, what of them is to go. Topics say how long and how much;
// what exactly goes, and how, is storage's (LogStore.retain).
//
// Invariant: of a partition in use nothing goes that is at or after its last stable offset. (What open transactions one has that nobody
// has used since the start is not known; the transaction coordinator uses it when it ends them.)
import type { Clock, Timers } from "@moldau/env";
import type { Metadata, TopicConfig, TopicImage } from "@moldau/metadata";
import { type PartitionId, partitionIndex } from "@moldau/std";
import type { Retained, RetentionRequest } from "@moldau/storage";
import type { Logger } from "../logger.js";
import type { Partitions } from "../partitions/partitions.js";
import { periodically } from "../periodic.js";
import { topicRule } from "./topic-rule.js";

export interface RetentionOptions {
  readonly metadata: Metadata;
  readonly partitions: Partitions;
  readonly topicConfig: (topic: TopicImage) => TopicConfig;
  readonly checkIntervalMs: () => number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  /** An invariant is broken. */
  readonly fatal: (error: Error) => void;
}

export interface Retention {
  stats(): RetentionStats;
  /** Ends after the slice that is being looked at, if any. */
  close(): Promise<void>;
}

export interface RetentionStats {
  /** Times that all partitions were asked. */
  readonly checks: number;
  readonly deletedBytes: number;
  /** How far log starts have moved, in all. */
  readonly deletedOffsets: number;
}

/** The first check comes soon after the start, as in Kafka. */
const FIRST_CHECK_MS = 30_000;
/** Topics whose configuration is looked up in one go, and partitions that storage is asked about at once. */
const TOPICS_AT_ONCE = 64;
const PARTITIONS_AT_ONCE = 256;

/** Checks from now on, until `close`. */
export function retentionOf(options: RetentionOptions): Retention {
  const { metadata, partitions, checkIntervalMs, timers, log, fatal } = options;
  const stats = { checks: 0, deletedBytes: 0, deletedOffsets: 0 };
  const went = ({ partition: { topicId, index }, logStartOffset, deletedBytes, deletedOffsets }: Retained) => {
    stats.deletedBytes += deletedBytes;
    stats.deletedOffsets += deletedOffsets;
    const topic = metadata.image.topicById(topicId)?.name;
    log.debug({ topic, partition: index, logStartOffset, deletedBytes, deletedOffsets }, "records went by retention");
  };

  const round = async (closing: () => boolean) => {
    for await (const slice of slices(options)) {
      for (let left: readonly RetentionRequest[] = slice; left.length > 0 && !closing(); ) {
        const outcome = await partitions.store.retain(left);
        outcome.retained.forEach(went);
        left = outcome.left;
      }
      await timers.yield();
      if (closing()) return;
    }
    stats.checks++;
  };
  const rounds = periodically({
    timers,
    log,
    fatal,
    firstAfterMs: Math.min(FIRST_CHECK_MS, checkIntervalMs()),
    everyMs: checkIntervalMs,
    round,
    failed: "retention has to wait for its next check",
  });
  return { stats: () => ({ ...stats }), close: rounds.close };
}

/** What storage is to be asked, of all topics that lose records: looked up slice by slice, for a check takes time. */
async function* slices({ metadata, partitions, topicConfig, clock, timers }: RetentionOptions): AsyncIterable<readonly RetentionRequest[]> {
  let slice: RetentionRequest[] = [];
  let looked = 0;
  for (const topic of metadata.image.topics()) {
    if (++looked % TOPICS_AT_ONCE === 0) await timers.yield();
    const rule = topicRule(topicConfig(topic), clock.now());
    if (!rule) continue;
    const inUse = new Map(partitions.opened(topic.id).map((partition) => [partition.index, partition]));
    for (const { index } of topic.partitions) {
      const partition: PartitionId = { topicId: topic.id, index: partitionIndex(index) };
      const below = inUse.get(index)?.producers().transactions.lastStableOffset();
      slice.push({ partition, rule: below === undefined ? rule : { ...rule, below } });
      if (slice.length < PARTITIONS_AT_ONCE) continue;
      yield slice;
      slice = [];
    }
  }
  if (slice.length > 0) yield slice;
}
