// Where share groups begin to deliver (KIP-932): asked for, moved, forgotten.
import { AlterShareGroupOffsets, DeleteShareGroupOffsets, DescribeShareGroupOffsets } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { errorOf } from "../errors.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { type TopicPartition, toCoordinator } from "./routes.js";
import { byTopic, partitionKey } from "./topic-partitions.js";

export interface ShareOffset extends TopicPartition {
  /** Everything before it has been delivered for good. */
  readonly startOffset: number;
}

export interface ShareOffsetDescription extends ShareOffset {
  /** Undefined where the broker does not say. */
  readonly lag: number | undefined;
}

export interface ShareOffsets {
  /** Of all topics that the groups have. Errors: GROUP_ID_NOT_FOUND, … */
  describe(groupIds: readonly string[], options?: AdminOptions): PerItem<string, readonly ShareOffsetDescription[]>;
  /** Moves a group without members. Errors: NON_EMPTY_GROUP, … */
  alter(groupId: string, offsets: readonly ShareOffset[], options?: AdminOptions): PerItem<ShareOffset, void>;
  /** By topic. */
  delete(groupId: string, topics: readonly string[], options?: AdminOptions): PerItem<string, void>;
}

export function shareOffsets(cluster: Cluster): ShareOffsets {
  return {
    describe: (groupIds, options) =>
      inRounds(
        cluster,
        groupIds,
        toCoordinator(cluster, "group", (groupId) => groupId),
        async (ask, nodeId, some) => {
          const asked = { groups: some.map((groupId) => ({ groupId, topics: null })) };
          const { groups } = await ask(nodeId, DescribeShareGroupOffsets, asked);
          return groups.map(({ groupId, topics, errorCode, errorMessage }) => {
            const all = topics.flatMap(({ topicName, partitions }) => partitions.map((one) => ({ topic: topicName, ...one })));
            const failure = all.find((one) => one.errorCode !== 0) ?? { errorCode, errorMessage };
            return outcome(groupId, errorOf(failure.errorCode, failure.errorMessage), () =>
              all.flatMap(({ topic, partitionIndex, startOffset, lag }) =>
                startOffset < 0 ? [] : [{ topic, partition: partitionIndex, startOffset, lag: lag < 0 ? undefined : lag }],
              ),
            );
          });
        },
        options,
      ),
    alter: (groupId, offsets, options) =>
      inRounds(
        cluster,
        offsets,
        toCoordinator(cluster, "group", () => groupId),
        async (ask, nodeId, some) => {
          const topics = byTopic(some, ({ partition, startOffset }) => ({ partitionIndex: partition, startOffset }));
          const request = { groupId, topics: topics.map(({ name, partitions }) => ({ topicName: name, partitions })) };
          const answer = await ask(nodeId, AlterShareGroupOffsets, request);
          const failure = errorOf(answer.errorCode, answer.errorMessage);
          if (failure) throw failure;
          const answers = answer.responses.flatMap(({ topicName: topic, partitions }) =>
            partitions.map(({ partitionIndex: partition, errorCode, errorMessage }) => ({ topic, partition, errorCode, errorMessage })),
          );
          return matched(some, partitionKey, answers, partitionKey, (item, { errorCode, errorMessage, ...about }) =>
            outcome(item, errorOf(errorCode, errorMessage, about), () => {}),
          );
        },
        options,
      ),
    delete: (groupId, topics, options) =>
      inRounds(
        cluster,
        topics,
        toCoordinator(cluster, "group", () => groupId),
        async (ask, nodeId, some) => {
          const answer = await ask(nodeId, DeleteShareGroupOffsets, { groupId, topics: some.map((topicName) => ({ topicName })) });
          const failure = errorOf(answer.errorCode, answer.errorMessage);
          if (failure) throw failure;
          return answer.responses.map(({ topicName: topic, errorCode, errorMessage }) =>
            outcome(topic, errorOf(errorCode, errorMessage, { topic }), () => {}),
          );
        },
        options,
      ),
  };
}
