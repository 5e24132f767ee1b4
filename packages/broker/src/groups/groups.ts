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
import { type KeyedCoordinators, keyedCoordinators } from "../topics/keyed-coordinators.js";
import { logGroups } from "./coordinator-log.js";
import { type OffsetTransactions, offsetTransactions } from "./offset-transactions.js";
import { groupsWorld } from "./world.js";

export const OFFSETS_TOPIC = "__consumer_offsets";

export type GroupCoordinator = Coordinator<GroupsState, GroupsCommand>;

export interface Groups extends KeyedCoordinators<GroupsState, GroupsCommand> {
  /** __consumer_offsets, created when it is absent. Undefined when it cannot be created now. */
  topic(): Promise<TopicImage | undefined>;
  /** Those that commit offsets. */
  readonly transactions: Pick<OffsetTransactions, "isOpen" | "watch">;
  /** A marker for a partition of __consumer_offsets: see OffsetTransactions.ended. */
  readonly transactionEnded: OffsetTransactions["ended"];
  /** What loading has come to since the start. */
  loaded(): LoadFigures;
  /** Their offsets go. */
  topicsDeleted(topics: readonly DeletedTopic[]): void;
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

  return {
    ...keyedCoordinators(topic, shards, groupPartition),
    topic: topic.ensure,
    transactions,
    transactionEnded: transactions.ended,
    loaded: () => loaded,
    topicsDeleted(deleted) {
      if (deleted.some(({ name }) => name === OFFSETS_TOPIC)) shards.forget();
      shards.tellAll(topic.find()?.partitions.length ?? 0, { kind: "topicsDeleted", topics: deleted });
    },
    close: () => shards.close(),
  };
}
