// Topics: created, deleted, grown.
import { CreatePartitions, CreateTopics, DeleteTopics } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import type { Cluster } from "../cluster/cluster.js";
import { errorOf } from "../errors.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { toController } from "./routes.js";

export interface NewTopic {
  readonly topic: string;
  /** The broker's num.partitions by default. */
  readonly partitions?: number;
  /** The broker's default.replication.factor by default. */
  readonly replicationFactor?: number;
  /** Brokers by partition, the preferred leader first; instead of the two above. */
  readonly assignments?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string>>;
}

export interface CreatedTopic {
  readonly topic: string;
  /** The zero uuid where the broker is too old to tell; likewise -1 below. */
  readonly topicId: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

export interface MorePartitions {
  readonly topic: string;
  /** How many there shall be in all. */
  readonly partitions: number;
  /** Brokers of each new partition, the preferred leader first. */
  readonly assignments?: readonly (readonly number[])[];
}

export interface ChangeOptions extends AdminOptions {
  /** Only says whether it could be done. */
  readonly validateOnly?: boolean;
}

export interface TopicChanges {
  /** Errors: TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_REPLICATION_FACTOR, INVALID_CONFIG, … */
  create(topics: readonly NewTopic[], options?: ChangeOptions): PerItem<NewTopic, CreatedTopic>;
  /** By name. Errors: UNKNOWN_TOPIC_OR_PARTITION, TOPIC_DELETION_DISABLED, … */
  delete(topics: readonly string[], options?: AdminOptions): PerItem<string, void>;
  /** Adds partitions: keys may fall on others from then on. Errors: INVALID_PARTITIONS, … */
  createPartitions(topics: readonly MorePartitions[], options?: ChangeOptions): PerItem<MorePartitions, void>;
}

/** "As the broker is configured." */
const DEFAULT = -1;
/** The first version of DeleteTopics that has names in structs (KIP-516). */
const BY_ID = 6;

export function topicChanges(cluster: Cluster): TopicChanges {
  const within = (options: AdminOptions) => options.timeoutMs ?? cluster.settings.requestTimeoutMs;
  return {
    create: (topics, { validateOnly = false, ...options } = {}) =>
      inRounds(
        cluster,
        topics,
        toController(cluster),
        async (ask, nodeId, some) => {
          const asked = { topics: some.map(wireTopic), timeoutMs: within(options), validateOnly };
          const answer = await ask(nodeId, CreateTopics, asked);
          return matched(some, topicOf, answer.topics, nameOf, (item, { name, topicId, errorCode, errorMessage, ...created }) => {
            const { numPartitions: partitions, replicationFactor } = created;
            return outcome(item, errorOf(errorCode, errorMessage, { topic: name }), () => ({
              topic: name,
              topicId,
              partitions,
              replicationFactor,
            }));
          });
        },
        options,
      ),
    delete: (topics, options = {}) =>
      inRounds(
        cluster,
        topics,
        toController(cluster),
        async (ask, nodeId, some) => {
          const timeoutMs = within(options);
          const answer = await ask(nodeId, DeleteTopics, (version) =>
            version >= BY_ID ? { topics: some.map((name) => ({ name, topicId: ZERO_UUID })), timeoutMs } : { topicNames: some, timeoutMs },
          );
          return answer.responses.map(({ name, errorCode, errorMessage }) =>
            outcome(name ?? "", errorOf(errorCode, errorMessage, { topic: name ?? undefined }), nothing),
          );
        },
        options,
      ),
    createPartitions: (topics, { validateOnly = false, ...options } = {}) =>
      inRounds(
        cluster,
        topics,
        toController(cluster),
        async (ask, nodeId, some) => {
          const answer = await ask(nodeId, CreatePartitions, { topics: some.map(wireGrowth), timeoutMs: within(options), validateOnly });
          return matched(some, topicOf, answer.results, nameOf, (item, { name, errorCode, errorMessage }) =>
            outcome(item, errorOf(errorCode, errorMessage, { topic: name }), nothing),
          );
        },
        options,
      ),
  };
}

const nothing = () => {};
const topicOf = ({ topic }: { readonly topic: string }) => topic;
const nameOf = ({ name }: { readonly name: string }) => name;

const wireTopic = ({ topic, partitions, replicationFactor, assignments, configs = {} }: NewTopic) => ({
  name: topic,
  numPartitions: assignments ? DEFAULT : (partitions ?? DEFAULT),
  replicationFactor: assignments ? DEFAULT : (replicationFactor ?? DEFAULT),
  assignments: (assignments ?? []).map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
  configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
});

const wireGrowth = ({ topic, partitions, assignments }: MorePartitions) => ({
  name: topic,
  count: partitions,
  assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
});
