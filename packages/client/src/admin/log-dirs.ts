// What brokers' log directories hold, and replicas moved between those of one broker (KIP-113).
import { AlterReplicaLogDirs, DescribeLogDirs } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { type ClientError, errorOf } from "../errors.js";
import { everywhere } from "./everywhere.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { type TopicPartition, toBroker } from "./routes.js";
import { byTopic, partitionKey } from "./topic-partitions.js";

export interface LogDir {
  readonly nodeId: number;
  readonly path: string;
  /** Why it cannot be used, if so. */
  readonly error: ClientError | undefined;
  readonly replicas: readonly LogDirReplica[];
  /** Of the volume (KIP-827); undefined where the broker does not say. */
  readonly totalBytes: bigint | undefined;
  readonly usableBytes: bigint | undefined;
}

export interface LogDirReplica extends TopicPartition {
  readonly bytes: number;
  /** How far it is behind the replica it will replace, or the high watermark. */
  readonly offsetLag: number;
  /** Still being copied into this directory. */
  readonly isFuture: boolean;
}

export interface ReplicaMove extends TopicPartition {
  readonly nodeId: number;
  readonly path: string;
}

export interface LogDirs {
  /** Of all brokers, or those named. Rejects with ClientError. */
  describe(
    options?: AdminOptions & { readonly nodeIds?: readonly number[]; readonly partitions?: readonly TopicPartition[] },
  ): Promise<readonly LogDir[]>;
  /** Errors: LOG_DIR_NOT_FOUND, REPLICA_NOT_AVAILABLE, … */
  move(moves: readonly ReplicaMove[], options?: AdminOptions): PerItem<ReplicaMove, void>;
}

export function logDirsOf(cluster: Cluster): LogDirs {
  return {
    async describe({ partitions, ...options } = {}) {
      const topics = partitions
        ? byTopic(partitions, ({ partition }) => partition).map(({ name, partitions }) => ({ topic: name, partitions }))
        : null;
      const described = await everywhere<readonly LogDir[]>(
        cluster,
        async (ask, nodeId, [item = nodeId]) => {
          const answer = await ask(nodeId, DescribeLogDirs, { topics });
          const dirs = () =>
            answer.results.map((dir) => ({
              nodeId,
              path: dir.logDir,
              error: errorOf(dir.errorCode),
              replicas: dir.topics.flatMap(({ name, partitions }) =>
                partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => ({
                  topic: name,
                  partition: partitionIndex,
                  bytes: partitionSize,
                  offsetLag,
                  isFuture: isFutureKey,
                })),
              ),
              totalBytes: dir.totalBytes < 0n ? undefined : dir.totalBytes,
              usableBytes: dir.usableBytes < 0n ? undefined : dir.usableBytes,
            }));
          return [outcome(item, errorOf(answer.errorCode), dirs)];
        },
        options,
      );
      return described.flat();
    },
    move: (moves, options) =>
      inRounds(
        cluster,
        moves,
        toBroker(cluster, ({ nodeId }) => nodeId),
        async (ask, nodeId, some) => {
          const paths = [...new Set(some.map(({ path }) => path))];
          const dirs = paths.map((path) => ({
            path,
            topics: byTopic(
              some.filter((move) => move.path === path),
              ({ partition }) => partition,
            ),
          }));
          const { results } = await ask(nodeId, AlterReplicaLogDirs, { dirs });
          const answers = results.flatMap(({ topicName: topic, partitions }) =>
            partitions.map(({ partitionIndex: partition, errorCode }) => ({ topic, partition, errorCode })),
          );
          return matched(some, partitionKey, answers, partitionKey, (item, { errorCode, ...about }) =>
            outcome(item, errorOf(errorCode, undefined, about), () => {}),
          );
        },
        options,
      ),
  };
}
