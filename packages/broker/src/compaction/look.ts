// A look over all compacted logs: which are dirty enough, and whether the journal holds what should be compacted.
import type { Clock, Timers } from "@moldau/env";
import type { Metadata, TopicConfig, TopicImage } from "@moldau/metadata";
import { type PartitionId, partitionIndex, type TopicId } from "@moldau/std";
import type { Dirt } from "@moldau/storage";
import type { Partition } from "../partitions/partition.js";
import type { Partitions } from "../partitions/partitions.js";
import { firstDirty } from "./first-dirty.js";
import type { HeldBack } from "./held-back.js";
import { type KnownLog, type KnownLogs, knownLogs } from "./known-logs.js";
import { limitsOf } from "./limits.js";
import { dirtyRatio, isDirtyEnough, isWorthConsolidating } from "./verdict.js";

export interface LookPorts {
  readonly metadata: Metadata;
  readonly partitions: Partitions;
  readonly topicConfig: (topic: TopicImage) => TopicConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly held: HeldBack;
  /** A log could not be looked at. */
  readonly failed: (topic: TopicImage, partition: PartitionId, error: unknown) => void;
}

export interface Cleanable {
  readonly topic: TopicImage;
  readonly partition: Partition;
  readonly dirtyRatio: number;
}

export interface Seen {
  /** The dirtiest first. */
  readonly cleanable: readonly Cleanable[];
  readonly isWorthConsolidating: boolean;
  /** Of all logs, also of those that are not dirty enough. */
  readonly maxDirtyRatio: number;
}

export interface Looks {
  look(closing: () => boolean): Promise<Seen>;
  /** It was compacted. */
  readonly forget: KnownLogs["forget"];
}

/** Topics or partitions between two looks at the event loop. */
const AT_ONCE = 128;
/** An age that none reaches: max.compaction.lag.ms is not set. */
const NO_LAG_MS = 9e15;

interface Found {
  cleanable: Cleanable[];
  isWorthConsolidating: boolean;
  maxDirtyRatio: number;
}

export function looksOf(ports: LookPorts): Looks {
  const { metadata, partitions, topicConfig, clock, timers, held, failed } = ports;
  const { store } = partitions;
  const logs = knownLogs(store);
  const firsts = firstDirty();

  const oldestMs = async (topic: TopicImage, config: TopicConfig, { partition, dirt }: { partition: PartitionId; dirt: Dirt }) => {
    if (config.maxCompactionLagMs > NO_LAG_MS || dirt.dirtyBytes === 0) return undefined;
    const opened = await partitions.find(topic, partition.index);
    return opened && firsts.timeOf(opened.log, dirt.cleanedThrough);
  };

  /** Undefined when it is not to be compacted now. */
  const cleanable = async (topic: TopicImage, id: PartitionId, known: KnownLog): Promise<Cleanable | undefined> => {
    const config = topicConfig(topic);
    const nowMs = clock.now();
    const oldest = await oldestMs(topic, config, { partition: id, dirt: known.dirt });
    if (!isDirtyEnough(known.dirt, config, oldest, nowMs)) return undefined;
    const partition = await partitions.find(topic, id.index);
    if (!partition) return undefined;
    const limits = limitsOf(partition, config, nowMs);
    if (held.isExhausted(id, limitsText(limits.below, known.dirt), clock.monotonicMs())) return undefined;
    const dirt = await store.dirt(id, limits);
    return isDirtyEnough(dirt, config, oldest, nowMs) ? { topic, partition, dirtyRatio: dirtyRatio(dirt) } : undefined;
  };

  const lookAt = async (topic: TopicImage, id: PartitionId, opened: Partition | undefined, rounds: number, found: Found) => {
    if (held.isUncleanable(id, clock.monotonicMs())) return;
    const nowMs = clock.now();
    const known = await logs.ask(id, opened?.log, rounds, nowMs);
    const { dirt, journalSinceMs } = known;
    found.maxDirtyRatio = Math.max(found.maxDirtyRatio, dirtyRatio(dirt));
    const inJournalSinceMs = dirt.journalTimestamp < 0 ? journalSinceMs : Math.min(dirt.journalTimestamp, journalSinceMs);
    if (isWorthConsolidating(dirt, topicConfig(topic), inJournalSinceMs, nowMs)) found.isWorthConsolidating = true;
    if (dirt.dirtyBytes === 0) return;
    const one = await cleanable(topic, id, known);
    if (one) found.cleanable.push(one);
  };

  return {
    async look(closing) {
      const found: Found = { cleanable: [], isWorthConsolidating: false, maxDirtyRatio: 0 };
      const { consolidationRounds } = store.stats();
      const compacted = new Set<TopicId>();
      let looked = 0;
      const pause = async () => {
        if (++looked % AT_ONCE === 0) await timers.yield();
      };
      for (const topic of metadata.image.topics()) {
        await pause();
        if (!topicConfig(topic).compacted) continue;
        compacted.add(topic.id);
        const opened = new Map(partitions.opened(topic.id).map((partition) => [partition.index, partition]));
        for (const { index } of topic.partitions) {
          await pause();
          if (closing()) return found;
          const id = { topicId: topic.id, index: partitionIndex(index) };
          try {
            await lookAt(topic, id, opened.get(index), consolidationRounds, found);
          } catch (error) {
            failed(topic, id, error);
          }
        }
      }
      for (const kept of [logs, firsts, held]) kept.retain((topicId) => compacted.has(topicId));
      found.cleanable.sort((a, b) => b.dirtyRatio - a.dirtyRatio);
      return found;
    },
    forget: logs.forget,
  };
}

/** By what a try is compared with the last one that came to nothing. */
export const limitsText = (below: number, { cleanedThrough, extentsEnd }: Pick<Dirt, "cleanedThrough" | "extentsEnd">): string =>
  `${cleanedThrough} ${below} ${extentsEnd}`;
