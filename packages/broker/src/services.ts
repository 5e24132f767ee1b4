// What handlers work with. Each is one concept with a file of its own; this is only the list.
import type { Clock, Random, Timers } from "@moldau/env";
import type { BrokerConfig, LocalBroker, Metadata, TopicConfig, TopicImage } from "@moldau/metadata";
import type { AnswerMemory } from "./fetching/answer-memory.js";
import type { FetchSessions } from "./fetching/sessions.js";
import type { Groups } from "./groups/groups.js";
import type { Logger } from "./logger.js";
import type { Partitions } from "./partitions/partitions.js";
import type { ProducerIds } from "./partitions/producer-ids.js";
import type { TopicCreation } from "./topics/creation.js";
import type { EndInPartition } from "./transactions/end-in-partition.js";
import type { Transactions } from "./transactions/transactions.js";

export interface Services {
  readonly self: BrokerIdentity;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  /** What the cluster consists of. */
  readonly metadata: Metadata;
  /** The broker's configuration as of now. */
  readonly config: () => BrokerConfig;
  /** This broker's own settings, for configurations that are looked up in layers. */
  readonly local: LocalBroker;
  /** What applies to a topic: its own settings over the broker's. */
  readonly topicConfig: (topic: TopicImage) => TopicConfig;
  /** The partitions this broker leads. */
  readonly partitions: Partitions;
  readonly sessions: FetchSessions;
  /** Records on their way to clients. */
  readonly answers: AnswerMemory;
  readonly producerIds: ProducerIds;
  readonly topics: TopicCreation;
  readonly groups: Groups;
  readonly transactions: Transactions;
  readonly endInPartition: EndInPartition;
  /** What we advertise. */
  readonly served: readonly ServedApi[];
  /** Where data lies and how much room is left, for DescribeLogDirs. */
  readonly storage: StorageView;
  /** The broker is stopping: who waits, ends. */
  readonly stopping: () => boolean;
}

export interface BrokerIdentity {
  readonly nodeId: number;
  readonly clusterId: string;
  /** What clients are told to connect to. */
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

export interface ServedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

export interface StorageView {
  readonly directory: string;
  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}
