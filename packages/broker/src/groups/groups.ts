// The groups of this broker: __consumer_offsets, and a coordinator for each of its partitions.
import { type Coordinator, coordinators, type GroupsCommand, type GroupsState, groupPartition, groupsMachine } from "@moldau/coordinators";
import type { Clock, Random, Timers } from "@moldau/env";
import { type LocalBroker, type Metadata, offsetsTopicConfig, type TopicImage } from "@moldau/metadata";
import { COMPRESSIONS } from "@moldau/records";
import type { Logger } from "../logger.js";
import type { Partitions } from "../partitions/partitions.js";
import type { TopicCreation } from "../topics/creation.js";
import type { DeletedTopic } from "../topics/deletion.js";
import { internalTopic } from "../topics/internal-topic.js";
import { logGroups } from "./coordinator-log.js";
import { type OffsetTransactions, offsetTransactions } from "./offset-transactions.js";
import { groupsWorld } from "./world.js";

export const OFFSETS_TOPIC = "__consumer_offsets";

export type GroupCoordinator = Coordinator<GroupsState, GroupsCommand>;

export interface Groups {
  /** The group's coordinator, at once when the topic is there; else the topic is created. Undefined when it cannot be created now. */
  coordinatorOf(groupId: string): GroupCoordinator | Promise<GroupCoordinator | undefined>;
  /** __consumer_offsets, created when it is absent. Undefined when it cannot be created now. */
  topic(): Promise<TopicImage | undefined>;
  /** The coordinators of all groups; none while there is no topic. */
  all(): readonly GroupCoordinator[];
  /** Those that commit offsets. */
  readonly transactions: Pick<OffsetTransactions, "isOpen" | "watch">;
  /** A marker for a partition of __consumer_offsets: see OffsetTransactions.ended. */
  readonly transactionEnded: OffsetTransactions["ended"];
  /** Loads what there is, in the background. */
  warm(): void;
  /** The states of the coordinators that are loaded. */
  states(): Iterable<GroupsState>;
  /** What loading has come to since the start. */
  loaded(): LoadFigures;
  /** Their offsets go. */
  topicsDeleted(topics: readonly DeletedTopic[]): void;
  /** How much is waiting. */
  occupancy(): { readonly waiting: number; readonly pendingBytes: number };
  /** Refuses who waits for a group, and whoever comes. */
  close(): Promise<void>;
}

export interface LoadFigures {
  readonly count: number;
  readonly records: number;
  readonly ms: number;
}

export interface GroupsOptions {
  readonly metadata: Metadata;
  readonly partitions: Partitions;
  readonly topics: TopicCreation;
  readonly topicConfig: (topic: TopicImage) => { readonly maxMessageBytes: number };
  readonly local: LocalBroker;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly fatal: (error: Error) => void;
}

export function groupsOf(options: GroupsOptions): Groups {
  const { metadata, partitions, topics, topicConfig, local, clock, timers, random, log, fatal } = options;
  const config = () => offsetsTopicConfig(local, metadata.image);
  let loaded: LoadFigures = { count: 0, records: 0, ms: 0 };
  const topic = internalTopic({
    name: OFFSETS_TOPIC,
    metadata,
    topics,
    partitions,
    clock,
    log,
    topicConfig,
    spec: () => ({ ...config(), compressionType: "producer" }),
    compression: () => COMPRESSIONS[config().compressionCodec] ?? "none",
  });
  const shards = coordinators({
    machine: groupsMachine,
    logOf: topic.logOf,
    world: groupsWorld(metadata, local, clock, random),
    clock,
    timers,
    fatal,
    report(event) {
      logGroups(log, event);
      if (event.kind === "loaded")
        loaded = { count: loaded.count + 1, records: loaded.records + event.records, ms: loaded.ms + event.tookMs };
    },
  });

  const transactions = offsetTransactions({ topic, partitions, coordinators: shards });
  const at = (groupId: string, { partitions: { length } }: TopicImage) => shards.of(groupPartition(groupId, length));

  return {
    coordinatorOf(groupId) {
      const image = topic.find();
      if (image) return at(groupId, image);
      return topic.ensure().then((created) => created && at(groupId, created));
    },
    topic: topic.ensure,
    all: () => (topic.find()?.partitions ?? []).map(({ index }) => shards.of(index)),
    transactions,
    transactionEnded: transactions.ended,
    warm() {
      void shards.warm(topic.find()?.partitions.length ?? 0);
    },
    states: () => shards.states(),
    loaded: () => loaded,
    occupancy: () => shards.occupancy(),
    topicsDeleted(deleted) {
      if (deleted.some(({ name }) => name === OFFSETS_TOPIC)) shards.forget();
      shards.tellAll(topic.find()?.partitions.length ?? 0, { kind: "topicsDeleted", topics: deleted });
    },
    close: () => shards.close(),
  };
}
