// Topics, listed and described: partitions, leaders, replicas.
import { Metadata, type ResponseOf } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { errorOf } from "../errors.js";
import { type Operation, operationsOf } from "./operations.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { toController } from "./routes.js";

export interface TopicListing {
  readonly topic: string;
  /** The zero uuid where the broker is too old to tell. */
  readonly topicId: string;
  readonly isInternal: boolean;
}

export interface TopicDescription extends TopicListing {
  /** By partition index. */
  readonly partitions: readonly PartitionDescription[];
  /** What one may do with it; empty where the broker does not say. */
  readonly operations: readonly Operation[];
}

export interface PartitionDescription {
  readonly partition: number;
  /** Node id; undefined while there is none. */
  readonly leader: number | undefined;
  readonly leaderEpoch: number;
  /** Node ids, the preferred leader first. */
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
  readonly offline: readonly number[];
}

export interface TopicQuestions {
  /** Without internal topics, unless asked for. Rejects with ClientError. */
  list(options?: AdminOptions & { readonly includeInternal?: boolean }): Promise<readonly TopicListing[]>;
  /** By name. Errors: UNKNOWN_TOPIC_OR_PARTITION, … */
  describe(topics: readonly string[], options?: AdminOptions): PerItem<string, TopicDescription>;
}

type Answer = ResponseOf<typeof Metadata>["topics"][number];

export function topicQuestions(cluster: Cluster): TopicQuestions {
  return {
    async list({ includeInternal = false, ...options } = {}) {
      const all = inRounds(
        cluster,
        ["all topics"],
        toController(cluster),
        async (ask, nodeId, [item = ""]) => {
          const answer = await ask(nodeId, Metadata, { topics: null, allowAutoTopicCreation: false });
          return [outcome(item, errorOf(answer.errorCode), () => answer.topics)];
        },
        options,
      );
      const listings = (await all).flat().flatMap(({ name, topicId, isInternal }) => (name ? [{ topic: name, topicId, isInternal }] : []));
      return listings.filter(({ isInternal }) => includeInternal || !isInternal).sort((a, b) => (a.topic < b.topic ? -1 : 1));
    },
    describe: (topics, options) =>
      inRounds(
        cluster,
        topics,
        toController(cluster),
        async (ask, nodeId, some) => {
          const answer = await ask(nodeId, Metadata, (version) => ({
            topics: some.map((name) => ({ name })),
            allowAutoTopicCreation: false,
            ...(version >= OPERATIONS && { includeTopicAuthorizedOperations: true }),
          }));
          return matched(
            some,
            (name) => name,
            answer.topics,
            ({ name }) => name ?? "",
            (item, topic) =>
              outcome(item, errorOf(answer.errorCode || topic.errorCode, undefined, { topic: item }), () => descriptionOf(item, topic)),
          );
        },
        options,
      ),
  };
}

/** The first version of Metadata that tells what one may do (KIP-430). */
const OPERATIONS = 8;

function descriptionOf(topic: string, { topicId, isInternal, partitions, topicAuthorizedOperations }: Answer): TopicDescription {
  const described = partitions.map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas }) => ({
    partition: partitionIndex,
    leader: leaderId < 0 ? undefined : leaderId,
    leaderEpoch,
    replicas: replicaNodes,
    inSync: isrNodes,
    offline: offlineReplicas,
  }));
  return {
    topic,
    topicId,
    isInternal,
    partitions: described.sort((a, b) => a.partition - b.partition),
    operations: operationsOf(topicAuthorizedOperations),
  };
}
