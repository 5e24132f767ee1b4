// The cluster image: what the cluster is now, the fold of the cluster log (DESIGN §7).
//
// Readers see a read-only interface over one mutable fold: an event costs what it changes, not a copy of 100,000 topics. What a
// reader holds on to (a TopicImage, a BrokerImage) never changes: a change puts a new object in its place.
import type { TopicId } from "@moldau/std";
import type { ListenerAddress } from "./events.js";

/** Config names to the values someone set. */
export type ConfigValues = ReadonlyMap<string, string>;

export interface PartitionImage {
  readonly index: number;
  /** The broker that leads it. */
  readonly leader: number;
  readonly leaderEpoch: number;
  /** The brokers that can serve it, the leader first. */
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

export interface TopicImage {
  readonly id: TopicId;
  readonly name: string;
  /** By partition index. */
  readonly partitions: readonly PartitionImage[];
  /** As asked for at creation; may exceed the number of brokers. */
  readonly replicationFactor: number;
  /** What was set on the topic itself. */
  readonly configs: ConfigValues;
  /** One of Kafka's own topics, hidden from consumers of patterns. */
  readonly internal: boolean;
}

export interface BrokerImage {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly incarnation: string;
  readonly listeners: readonly ListenerAddress[];
}

export interface ClusterImage {
  /** The version of the cluster log that this is the fold of. */
  readonly version: number;
  /** Empty until the cluster is created. */
  readonly clusterId: string;
  readonly topicCount: number;
  readonly partitionCount: number;
  topicByName(name: string): TopicImage | undefined;
  topicById(id: TopicId): TopicImage | undefined;
  /** Topics in name order, from the name `from` on. Not disturbed by changes made while iterating; skips what is deleted meanwhile. */
  topics(from?: string): IterableIterator<TopicImage>;
  /** A topic whose name reads the same once "." and "_" are (metrics tools confuse them). */
  topicLike(name: string): TopicImage | undefined;
  /** By ascending id. */
  readonly brokers: readonly BrokerImage[];
  broker(id: number): BrokerImage | undefined;
  /** Settings of one broker (its id in decimal) or the default of all (""). */
  brokerConfigs(broker: string): ConfigValues;
  /** Brokers that have settings, "" included. */
  configuredBrokers(): readonly string[];
  groupConfigs(group: string): ConfigValues;
  configuredGroups(): readonly string[];
  clientMetricsConfigs(subscription: string): ConfigValues;
  clientMetricsSubscriptions(): readonly string[];
  /** Grows with every change of broker configs: what caches of effective configs are checked against. */
  readonly brokerConfigsVersion: number;
  /** The first producer id that nobody has yet. */
  readonly nextProducerId: number;
}

const INTERNAL_TOPICS: ReadonlySet<string> = new Set(["__consumer_offsets", "__transaction_state", "__share_group_state"]);

/** Whether a topic of this name is one of Kafka's own. */
export const isInternalTopic = (name: string): boolean => INTERNAL_TOPICS.has(name);
