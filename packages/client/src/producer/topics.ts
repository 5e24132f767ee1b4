// The topics that a producer writes to: their partitions with what waits for them, and who leads these. Asked for when first needed,
// again when a broker says that it is no longer the leader, and every few minutes, for partitions may be added.
import { backoffMs } from "../cluster/backoff.js";
import type { Cluster } from "../cluster/cluster.js";
import type { TopicInfo } from "../cluster/metadata.js";
import { ClientError, isRetriable } from "../errors.js";
import type { ProducerSettings } from "./options.js";
import type { PartitionQueue } from "./partition-queue.js";
import { type StickyChoice, stickyChoice } from "./partitioner.js";
import { type Slot, slotOf } from "./slot.js";

export interface TopicState {
  readonly name: string;
  /** Empty until the topic is known. */
  readonly slots: readonly Slot[];
  readonly sticky: StickyChoice;
}

export interface TopicsContext {
  readonly cluster: Cluster;
  readonly settings: ProducerSettings;
  queueOf(topic: string, partition: number): PartitionQueue;
  led(slot: Slot, leader: number): void;
}

export interface Topics {
  /** The topic as far as it is known. */
  topic(name: string): TopicState;
  /** Asks for a topic that is not known. Rejects with ClientError. */
  find(topic: TopicState): Promise<void>;
  /** Asks again soon. */
  refresh(name: string): void;
  all(): readonly TopicState[];
  slots(): IterableIterator<Slot>;
  close(): void;
}

interface Known extends TopicState {
  slots: readonly Slot[];
}

/** How long a topic may take to appear: brokers that create it need a moment. */
const APPEARS_WITHIN_MS = 10_000;

export function topicsOf({ cluster, settings, queueOf, led }: TopicsContext): Topics {
  const { metadata } = cluster;
  const { clock, random, timers } = cluster.settings.world;
  const topics = new Map<string, Known>();
  const stale = new Set<string>();
  const closing = new AbortController();
  let refreshing = false;

  const learn = (topic: Known, { topicId, partitions }: TopicInfo) => {
    const before = topic.slots;
    if (before.length < partitions.length) {
      const added = partitions.slice(before.length);
      topic.slots = [...before, ...added.map(({ partition }) => slotOf(queueOf(topic.name, partition), topicId, -1))];
    }
    topic.slots.forEach((slot, index) => {
      slot.topicId = topicId;
      led(slot, partitions[index]?.leader ?? -1);
    });
  };
  /** False when it must be asked again. */
  const ask = async (names: readonly string[]): Promise<boolean> => {
    try {
      await metadata.refresh(names);
    } catch {
      // Whoever waits for the topic is told when its time is up.
      return false;
    }
    return names.every((name) => {
      const topic = topics.get(name);
      const info = metadata.known(name);
      if (!topic || !info) return false;
      learn(topic, info);
      return topic.slots.every(({ queue, leader }) => leader >= 0 || !queue.hasWork);
    });
  };
  const refreshAll = async () => {
    refreshing = true;
    for (let failures = 0; stale.size > 0 && !closing.signal.aborted; ) {
      const names = [...stale];
      stale.clear();
      const done = await ask(names);
      failures = done ? 0 : failures + 1;
      if (!done) for (const name of names) if (isNeeded(name)) stale.add(name);
      await cluster.pause(backoffMs(cluster.settings, Math.max(1, failures)), closing.signal).catch(() => {});
    }
    refreshing = false;
  };
  const isNeeded = (name: string): boolean => topics.get(name)?.slots.some(({ queue }) => queue.hasWork) ?? false;
  const refresh = (name: string) => {
    stale.add(name);
    if (!refreshing) void refreshAll();
  };
  const refreshSometimes = () => {
    for (const { name, slots } of topics.values()) if (slots.length > 0) refresh(name);
    timer = timers.after(cluster.settings.metadataMaxAgeMs, refreshSometimes);
  };
  let timer = timers.after(cluster.settings.metadataMaxAgeMs, refreshSometimes);

  return {
    topic(name) {
      const present = topics.get(name);
      if (present) return present;
      const topic: Known = { name, slots: [], sticky: stickyChoice(settings.batchBytes, random) };
      topics.set(name, topic);
      return topic;
    },
    async find(topic) {
      const until = clock.monotonicMs() + settings.deliveryTimeoutMs;
      for (let leftMs = settings.deliveryTimeoutMs; ; leftMs = until - clock.monotonicMs()) {
        const withinMs = Math.min(leftMs, APPEARS_WITHIN_MS);
        try {
          const info = await metadata.topic(topic.name, { mayCreate: settings.autoCreateTopics, withinMs, signal: closing.signal });
          return learn(topic as Known, info);
        } catch (error) {
          const isMissing = error instanceof ClientError && error.code === "UNKNOWN_TOPIC_OR_PARTITION";
          if (!isRetriable(error) || isMissing || leftMs <= APPEARS_WITHIN_MS) throw error;
        }
      }
    },
    refresh,
    all: () => [...topics.values()],
    *slots() {
      for (const { slots } of topics.values()) yield* slots;
    },
    close() {
      timer.cancel();
      closing.abort(new ClientError("CLOSED", "the producer was closed"));
    },
  };
}
