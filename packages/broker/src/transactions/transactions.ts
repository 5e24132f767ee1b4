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
import { type LocalBroker, type Metadata, type TopicImage, transactionsConfig, transactionsTopicConfig } from "@moldau/metadata";
import type { Logger } from "../logger.js";
import type { Partitions } from "../partitions/partitions.js";
import type { ProducerIds } from "../partitions/producer-ids.js";
import type { TopicCreation } from "../topics/creation.js";
import type { DeletedTopic } from "../topics/deletion.js";
import { internalTopic } from "../topics/internal-topic.js";
import { type KeyedCoordinators, keyedCoordinators } from "../topics/keyed-coordinators.js";
import { logTransactions } from "./coordinator-log.js";
import type { EndAtOnce, EndInPartition } from "./end-in-partition.js";
import { markerWriter } from "./marker-writer.js";
import { transactionsWorld } from "./world.js";

export const TRANSACTIONS_TOPIC = "__transaction_state";

export type TransactionCoordinator = Coordinator<TransactionsState, TransactionsCommand>;

/** Loading completes what is decided, and sets the time running of what is open. */
export interface Transactions extends KeyedCoordinators<TransactionsState, TransactionsCommand> {
  topicsDeleted(topics: readonly DeletedTopic[]): void;
  /**
   * Undefined when no decision of that id is being completed. Else resolves when it is complete, but after
   * `add.partitions.to.txn.retry.backoff.max.ms` at the latest.
   */
  completion(transactionalId: string): Promise<void> | undefined;
  /** Decided transactions whose markers are being written. */
  markersPending(): number;
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
  readonly endAtOnce: EndAtOnce;
  readonly fatal: (error: Error) => void;
}

export function transactionsOf(options: TransactionsOptions): Transactions {
  const { metadata, partitions, producerIds, topics, topicConfig, local, clock, timers, log, endIn, endAtOnce, fatal } = options;
  const spec = () => ({ ...transactionsTopicConfig(local, metadata.image), compressionType: "uncompressed" as const });
  const compression = () => "none" as const;
  const topic = internalTopic({ name: TRANSACTIONS_TOPIC, metadata, topics, partitions, clock, log, topicConfig, spec, compression });
  const coordinatorEpoch = (partition: number) => topic.find()?.partitions[partition]?.leaderEpoch ?? 0;
  const markers = markerWriter({
    timers,
    log,
    endIn,
    endAtOnce,
    written: (partition, command) => shards.of(partition).tell(command),
    fatal,
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
    anticipated: (partition, wanted) => markers.goAhead(partition, wanted as MarkersToWrite, coordinatorEpoch(partition)),
  });

  return {
    ...keyedCoordinators(topic, shards, transactionPartition),
    topicsDeleted(deleted) {
      if (deleted.some(({ name }) => name === TRANSACTIONS_TOPIC)) shards.forget();
    },
    completion(transactionalId) {
      const complete = markers.completion(transactionalId);
      if (!complete) return undefined;
      const { addPartitionsToTxnRetryBackoffMaxMs } = transactionsConfig(local, metadata.image);
      return new Promise((resolve) => {
        const limit = timers.after(addPartitionsToTxnRetryBackoffMaxMs, resolve);
        void complete.then(() => {
          limit.cancel();
          resolve();
        });
      });
    },
    markersPending: markers.pending,
    close() {
      markers.close();
      return shards.close();
    },
  };
}
