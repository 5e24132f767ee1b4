// The groups of this broker: __consumer_offsets, and a coordinator for each of its partitions.
import { type Coordinator, coordinators, type GroupsCommand, type GroupsState, groupPartition, groupsMachine } from "@moldau/coordinators";
import type { Clock, Random, Timers } from "@moldau/env";
import { type LocalBroker, type Metadata, offsetsTopicConfig, type TopicImage } from "@moldau/metadata";
import { COMPRESSIONS } from "@moldau/records";
import { StorageError } from "@moldau/storage";
import type { Logger } from "../logger.js";
import type { Partitions } from "../partitions/partitions.js";
import type { TopicCreation } from "../topics/creation.js";
import type { DeletedTopic } from "../topics/deletion.js";
import { logGroups } from "./coordinator-log.js";
import { internalLog } from "./internal-log.js";
import { type OffsetTransactions, offsetTransactions } from "./offset-transactions.js";
import { createOffsetsTopic, OFFSETS_TOPIC, offsetsTopic } from "./offsets-topic.js";
import { groupsWorld } from "./world.js";

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
  let creating: Promise<TopicImage | undefined> | undefined;

  const logOf = (index: number) => {
    const open = async () => {
      const topic = offsetsTopic(metadata);
      const partition = topic && partitions.find(topic, index);
      if (!partition) throw new StorageError("closed", `${OFFSETS_TOPIC} has no partition ${index}`);
      return partition;
    };
    const ofTopic = () => {
      const topic = offsetsTopic(metadata);
      return topic ? topicConfig(topic) : { maxMessageBytes: Number.MAX_SAFE_INTEGER };
    };
    const compression = () => COMPRESSIONS[config().compressionCodec] ?? "none";
    return internalLog({ partitions, clock, open, config: ofTopic, compression });
  };
  const shards = coordinators({
    machine: groupsMachine,
    logOf,
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

  const transactions = offsetTransactions({ metadata, partitions, coordinators: shards });

  const create = async (): Promise<TopicImage | undefined> => {
    const outcome = await createOffsetsTopic(metadata, topics, config());
    if (!("kind" in outcome)) return outcome;
    if (outcome.kind === "created") return outcome.topic;
    log.error({ error: outcome.error, reason: outcome.message }, `${OFFSETS_TOPIC} cannot be created, so no group can be served`);
    return undefined;
  };
  const createdOnce = () => {
    creating ??= create()
      .catch((error: unknown) => {
        log.error({ reason: error instanceof Error ? error.message : String(error) }, `${OFFSETS_TOPIC} cannot be created now`);
        return undefined;
      })
      .finally(() => {
        creating = undefined;
      });
    return creating;
  };

  const at = (groupId: string, topic: TopicImage) => shards.of(groupPartition(groupId, topic.partitions.length));

  return {
    coordinatorOf(groupId) {
      const topic = offsetsTopic(metadata);
      if (topic) return at(groupId, topic);
      return createdOnce().then((created) => created && at(groupId, created));
    },
    topic: async () => offsetsTopic(metadata) ?? createdOnce(),
    all: () => (offsetsTopic(metadata)?.partitions ?? []).map(({ index }) => shards.of(index)),
    transactions,
    transactionEnded: transactions.ended,
    warm() {
      void shards.warm(offsetsTopic(metadata)?.partitions.length ?? 0);
    },
    states: () => shards.states(),
    loaded: () => loaded,
    occupancy: () => shards.occupancy(),
    topicsDeleted(topics) {
      if (topics.some(({ name }) => name === OFFSETS_TOPIC)) shards.forget();
      shards.tellAll(offsetsTopic(metadata)?.partitions.length ?? 0, { kind: "topicsDeleted", topics });
    },
    close: () => shards.close(),
  };
}
