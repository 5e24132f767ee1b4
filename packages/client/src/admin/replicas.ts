// Leaders elected anew (KIP-460), and replicas moved to other brokers (KIP-455).
import { AlterPartitionReassignments, ElectLeaders, errors, ListPartitionReassignments } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError, errorOf } from "../errors.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { type TopicPartition, toController } from "./routes.js";
import { byTopic, flattened, indexesByTopic, partitionKey } from "./topic-partitions.js";

export interface Elected extends TopicPartition {
  /** False when the leader was the right one already. */
  readonly isNew: boolean;
}

export interface Reassignment extends TopicPartition {
  /** Node ids, the preferred leader first; null calls a move off. */
  readonly replicas: readonly number[] | null;
}

export interface OngoingReassignment extends TopicPartition {
  readonly replicas: readonly number[];
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

export interface Replicas {
  /** "preferred": the first replica; "unclean": any that is left, at the price of records. Errors: ELIGIBLE_LEADERS_NOT_AVAILABLE, … */
  electLeaders(
    kind: "preferred" | "unclean",
    partitions: readonly TopicPartition[],
    options?: AdminOptions,
  ): PerItem<TopicPartition, Elected>;
  /** Errors: INVALID_REPLICA_ASSIGNMENT, NO_REASSIGNMENT_IN_PROGRESS, … */
  reassign(
    reassignments: readonly Reassignment[],
    options?: AdminOptions & { readonly allowReplicationFactorChange?: boolean },
  ): PerItem<Reassignment, void>;
  /** The moves that are under way, of all topics or these partitions. Rejects with ClientError. */
  reassignments(options?: AdminOptions & { readonly partitions?: readonly TopicPartition[] }): Promise<readonly OngoingReassignment[]>;
}

const ELECTION_CODES = { preferred: 0, unclean: 1 } as const;
/** The first version of ElectLeaders that knows kinds. */
const KINDS = 1;
/** The first version of AlterPartitionReassignments that can forbid another number of replicas (KIP-860). */
const KEEP_FACTOR = 1;

export function replicasOf(cluster: Cluster): Replicas {
  const within = (options: AdminOptions) => options.timeoutMs ?? cluster.settings.requestTimeoutMs;
  return {
    electLeaders: (kind, partitions, options = {}) =>
      inRounds(
        cluster,
        partitions,
        toController(cluster),
        async (ask, nodeId, some) => {
          const topicPartitions = byTopic(some, ({ partition }) => partition).map(({ name, partitions }) => ({ topic: name, partitions }));
          const answer = await ask(nodeId, ElectLeaders, (version) => {
            if (version < KINDS && kind !== "preferred") {
              throw new ClientError("UNSUPPORTED_BY_BROKER", "the broker is too old to elect other than preferred leaders");
            }
            return { ...(version >= KINDS && { electionType: ELECTION_CODES[kind] }), topicPartitions, timeoutMs: within(options) };
          });
          const failure = errorOf(answer.errorCode);
          if (failure) throw failure;
          const answers = answer.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
            partitionResult.map(({ partitionId: partition, errorCode, errorMessage }) => ({ topic, partition, errorCode, errorMessage })),
          );
          return matched(some, partitionKey, answers, partitionKey, (item, { errorCode, errorMessage, ...about }) => {
            const isNew = errorCode !== errors.ELECTION_NOT_NEEDED.code;
            return outcome(item, isNew ? errorOf(errorCode, errorMessage, about) : undefined, () => ({ ...about, isNew }));
          });
        },
        options,
      ),
    reassign: (reassignments, { allowReplicationFactorChange = true, ...options } = {}) =>
      inRounds(
        cluster,
        reassignments,
        toController(cluster),
        async (ask, nodeId, some) => {
          const topics = byTopic(some, ({ partition, replicas }) => ({ partitionIndex: partition, replicas }));
          const answer = await ask(nodeId, AlterPartitionReassignments, (version) => {
            if (version < KEEP_FACTOR && !allowReplicationFactorChange) {
              throw new ClientError("UNSUPPORTED_BY_BROKER", "the broker is too old to watch over the number of replicas");
            }
            return { timeoutMs: within(options), topics, ...(version >= KEEP_FACTOR && { allowReplicationFactorChange }) };
          });
          const failure = errorOf(answer.errorCode, answer.errorMessage);
          if (failure) throw failure;
          return matched(some, partitionKey, flattened(answer.responses), partitionKey, (item, { topic, partition, answer: one }) =>
            outcome(item, errorOf(one.errorCode, one.errorMessage, { topic, partition }), () => {}),
          );
        },
        options,
      ),
    async reassignments({ partitions, ...options } = {}) {
      const [topics = []] = await inRounds(
        cluster,
        ["all"] as const,
        toController(cluster),
        async (ask, nodeId, [item = "all"]) => {
          const request = { timeoutMs: within(options), topics: partitions ? indexesByTopic(partitions) : null };
          const answer = await ask(nodeId, ListPartitionReassignments, request);
          return [outcome(item, errorOf(answer.errorCode, answer.errorMessage), () => answer.topics)];
        },
        options,
      );
      return flattened(topics).map(({ topic, partition, answer: { replicas, addingReplicas: adding, removingReplicas: removing } }) => ({
        topic,
        partition,
        replicas,
        adding,
        removing,
      }));
    },
  };
}
