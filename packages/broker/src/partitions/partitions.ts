// The partitions this broker leads, opened when first asked for: a broker of 100,000 partitions starts without touching them.
import type { Clock } from "@moldau/env";
import type { TopicImage } from "@moldau/metadata";
import { partitionIndex, partitionKey, type TopicId } from "@moldau/std";
import type { LogStore } from "@moldau/storage";
import { type OwnedLog, takeLog } from "./owned-log.js";
import { openPartition, type Partition } from "./partition.js";

export interface Partitions {
  /** The partition, at once when it is open; undefined when the topic has no such partition. */
  find(topic: TopicImage, index: number): Partition | Promise<Partition> | undefined;
  /** The open ones of a topic, without opening more. */
  opened(topicId: TopicId): readonly Partition[];
  /** Those of all topics. Some may come or go while they are gone through. */
  allOpened(): Iterable<Partition>;
  openCount(): number;
  /** The topic is gone from the cluster image: its logs are deleted. */
  drop(topicId: TopicId, partitionCount: number): Promise<void>;
  /** Wakes everyone who waits on any partition. */
  wakeAll(): void;
  readonly store: LogStore;
}

export function leadPartitions(store: LogStore, clock: Clock): Partitions {
  const topics = new Map<TopicId, (Partition | Promise<Partition> | undefined)[]>();
  const dropped = new Set<TopicId>();
  /** Logs of partitions that are not open yet: they are being opened, or could not be. */
  const taken = new Map<string, OwnedLog>();

  const open = (topic: TopicImage, index: number, slots: (Partition | Promise<Partition> | undefined)[]) => {
    const id = { topicId: topic.id, index: partitionIndex(index) };
    const epoch = topic.partitions[index]?.leaderEpoch ?? 0;
    const attempt = async () => {
      const owned = taken.get(partitionKey(id)) ?? (await takeLog(store, id));
      taken.set(partitionKey(id), owned);
      const partition = await openPartition(owned, clock, epoch);
      taken.delete(partitionKey(id));
      return partition;
    };
    const opening = attempt().then(
      (partition) => {
        slots[index] = partition;
        return partition;
      },
      (error: unknown) => {
        slots[index] = undefined;
        throw error;
      },
    );
    slots[index] = opening;
    return opening;
  };

  const opened = (topicId: TopicId) =>
    (topics.get(topicId) ?? []).filter((slot) => slot !== undefined && !(slot instanceof Promise)) as Partition[];

  function* allOpened(): Iterable<Partition> {
    for (const topicId of topics.keys()) yield* opened(topicId);
  }

  return {
    store,
    opened,
    find(topic, index) {
      if (index < 0 || index >= topic.partitions.length || dropped.has(topic.id)) return undefined;
      let slots = topics.get(topic.id);
      if (!slots) {
        slots = [];
        topics.set(topic.id, slots);
      }
      return slots[index] ?? open(topic, index, slots);
    },
    allOpened,
    openCount() {
      let count = 0;
      for (const topicId of topics.keys()) count += opened(topicId).length;
      return count;
    },
    async drop(topicId, partitionCount) {
      dropped.add(topicId);
      const slots = topics.get(topicId) ?? [];
      topics.delete(topicId);
      // One that is being opened is waited for: a log may be dropped only when it is known.
      const settled = await Promise.allSettled(slots);
      for (const slot of settled) if (slot.status === "fulfilled") slot.value?.markDeleted();
      for (const [key, { log }] of taken) if (log.partition.topicId === topicId) taken.delete(key);
      await store.drop(topicId, partitionCount);
      dropped.delete(topicId);
    },
    wakeAll() {
      for (const { waiters } of allOpened()) for (const waiter of [...waiters]) waiter.wake();
    },
  };
}
