// The transactions of this broker: __transaction_state, a coordinator for each of its partitions, and the markers that they want written.
import {
  type Coordinator,
  coordinators,
  type MarkersToWrite,
  type TransactionsCommand,
  type TransactionsState,
  transactionPartition,
  transactionsMachine,
} from "@moldau/coordinators";
import type { Clock, Timers } from "@moldau/env";
import { type LocalBroker, type Metadata, type TopicImage, transactionsTopicConfig } from "@moldau/metadata";
import type { Logger } from "../logger.js";
import type { Partitions } from "../partitions/partitions.js";
import type { ProducerIds } from "../partitions/producer-ids.js";
import type { TopicCreation } from "../topics/creation.js";
import type { DeletedTopic } from "../topics/deletion.js";
import { internalTopic } from "../topics/internal-topic.js";
import { logTransactions } from "./coordinator-log.js";
import type { EndInPartition } from "./end-in-partition.js";
import { markerWriter } from "./marker-writer.js";
import { transactionsWorld } from "./world.js";

export const TRANSACTIONS_TOPIC = "__transaction_state";

export type TransactionCoordinator = Coordinator<TransactionsState, TransactionsCommand>;

export interface Transactions {
  /** The id's coordinator, at once when the topic is there; else the topic is created. Undefined when it cannot be created now. */
  coordinatorOf(transactionalId: string): TransactionCoordinator | Promise<TransactionCoordinator | undefined>;
  /** The coordinators of all ids; none while there is no topic. */
  all(): readonly TransactionCoordinator[];
  /** Loads what there is, in the background: what is decided is completed, what is open has its time running. */
  warm(): void;
  /** The states of the coordinators that are loaded. */
  states(): Iterable<TransactionsState>;
  topicsDeleted(topics: readonly DeletedTopic[]): void;
  /** Decided transactions whose markers are being written. */
  markersPending(): number;
  /** How much is waiting. */
  occupancy(): { readonly waiting: number; readonly pendingBytes: number };
  /** Refuses whoever comes. */
  close(): Promise<void>;
}

export interface TransactionsOptions {
  readonly metadata: Metadata;
  readonly partitions: Partitions;
  readonly producerIds: ProducerIds;
  readonly topics: TopicCreation;
  readonly topicConfig: (topic: TopicImage) => { readonly maxMessageBytes: number };
  readonly local: LocalBroker;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  /** How a marker gets into a partition. */
  readonly endIn: EndInPartition;
  readonly fatal: (error: Error) => void;
}

export function transactionsOf(options: TransactionsOptions): Transactions {
  const { metadata, partitions, producerIds, topics, topicConfig, local, clock, timers, log, endIn, fatal } = options;
  const spec = () => ({ ...transactionsTopicConfig(local, metadata.image), compressionType: "uncompressed" as const });
  const compression = () => "none" as const;
  const topic = internalTopic({ name: TRANSACTIONS_TOPIC, metadata, topics, partitions, clock, log, topicConfig, spec, compression });
  const coordinatorEpoch = (partition: number) => topic.find()?.partitions[partition]?.leaderEpoch ?? 0;
  const markers = markerWriter({
    timers,
    log,
    endIn,
    written: (partition, command) => shards.of(partition).tell(command),
  });
  const shards = coordinators({
    machine: transactionsMachine,
    logOf: topic.logOf,
    world: transactionsWorld(metadata, local, clock, producerIds),
    clock,
    timers,
    fatal,
    report: (event) => logTransactions(log, event),
    // What a transactions machine wants done is always this.
    outgoing: (partition, wanted) => markers.add(partition, wanted as MarkersToWrite, coordinatorEpoch(partition)),
  });
  const at = (transactionalId: string, { partitions: { length } }: TopicImage) => shards.of(transactionPartition(transactionalId, length));

  return {
    coordinatorOf(transactionalId) {
      const image = topic.find();
      if (image) return at(transactionalId, image);
      return topic.ensure().then((created) => created && at(transactionalId, created));
    },
    all: () => (topic.find()?.partitions ?? []).map(({ index }) => shards.of(index)),
    warm() {
      void shards.warm(topic.find()?.partitions.length ?? 0);
    },
    states: () => shards.states(),
    topicsDeleted(deleted) {
      if (deleted.some(({ name }) => name === TRANSACTIONS_TOPIC)) shards.forget();
    },
    markersPending: markers.pending,
    occupancy: () => shards.occupancy(),
    close() {
      markers.close();
      return shards.close();
    },
  };
}
