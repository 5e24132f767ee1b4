// How far groups have read: asked for, moved, forgotten.
import { OffsetCommit, OffsetDelete, OffsetFetch } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { errorOf } from "../errors.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, type Ask, inRounds, matched } from "./rounds.js";
import { type TopicPartition, toCoordinator } from "./routes.js";
import { byTopic, flattened, indexesByTopic, partitionKey } from "./topic-partitions.js";

export interface GroupOffset extends TopicPartition {
  /** The offset to read next. */
  readonly offset: number;
  readonly leaderEpoch?: number | undefined;
  readonly metadata?: string | undefined;
}

export interface ReadOffsetsOptions extends AdminOptions {
  /** Only of these; of all that the group has by default. */
  readonly partitions?: readonly TopicPartition[];
  /** Waits until open transactions have decided about offsets (KIP-447). */
  readonly requireStable?: boolean;
}

export interface GroupOffsets {
  /** Partitions without an offset are left out. Errors: UNSTABLE_OFFSET_COMMIT, … */
  offsets(groupIds: readonly string[], options?: ReadOffsetsOptions): PerItem<string, readonly GroupOffset[]>;
  /** Moves a group without members. Errors: UNKNOWN_MEMBER_ID while it has some, … */
  alterOffsets(groupId: string, offsets: readonly GroupOffset[], options?: AdminOptions): PerItem<GroupOffset, void>;
  /** Forgets what a group has read. Errors: GROUP_SUBSCRIBED_TO_TOPIC, GROUP_ID_NOT_FOUND, … (KIP-496) */
  deleteOffsets(groupId: string, partitions: readonly TopicPartition[], options?: AdminOptions): PerItem<TopicPartition, void>;
}

/** The last version that names topics; later ones have only their ids. */
const BY_NAME = 9;
/** The first versions of OffsetFetch that wait for transactions (KIP-447), and that ask for several groups (KIP-709). */
const STABLE = 7;
const SEVERAL_GROUPS = 8;
/** Offsets of no member: the group must have none. */
const NO_GENERATION = -1;

export function groupOffsets(cluster: Cluster): GroupOffsets {
  return {
    offsets: (groupIds, { partitions, requireStable = false, ...options } = {}) =>
      inRounds(
        cluster,
        groupIds,
        toCoordinator(cluster, "group", (groupId) => groupId),
        async (ask, nodeId, some) => {
          const asked = some.map(async (groupId) => {
            const { errorCode, offsets } = await fetchOffsets(ask, nodeId, groupId, partitions, requireStable);
            return outcome(groupId, errorOf(errorCode), () => offsets);
          });
          return Promise.all(asked);
        },
        options,
      ),
    alterOffsets: (groupId, offsets, options) =>
      inRounds(
        cluster,
        offsets,
        toCoordinator(cluster, "group", () => groupId),
        async (ask, nodeId, some) => {
          const topics = byTopic(some, ({ partition, offset, leaderEpoch, metadata }) => ({
            partitionIndex: partition,
            committedOffset: offset,
            committedLeaderEpoch: leaderEpoch ?? -1,
            committedMetadata: metadata ?? "",
          }));
          const request = { groupId, generationIdOrMemberEpoch: NO_GENERATION, memberId: "", topics };
          const answer = await ask(nodeId, OffsetCommit, request, BY_NAME);
          return matched(some, partitionKey, flattened(answer.topics), partitionKey, (item, { topic, partition, answer: { errorCode } }) =>
            outcome(item, errorOf(errorCode, undefined, { topic, partition }), () => {}),
          );
        },
        options,
      ),
    deleteOffsets: (groupId, partitions, options) =>
      inRounds(
        cluster,
        partitions,
        toCoordinator(cluster, "group", () => groupId),
        async (ask, nodeId, some) => {
          const topics = byTopic(some, ({ partition }) => ({ partitionIndex: partition }));
          const answer = await ask(nodeId, OffsetDelete, { groupId, topics });
          const failure = errorOf(answer.errorCode);
          if (failure) throw failure;
          return matched(some, partitionKey, flattened(answer.topics), partitionKey, (item, { topic, partition, answer: { errorCode } }) =>
            outcome(item, errorOf(errorCode, undefined, { topic, partition }), () => {}),
          );
        },
        options,
      ),
  };
}

async function fetchOffsets(
  ask: Ask,
  nodeId: number,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
  requireStable: boolean,
): Promise<{ readonly errorCode: number; readonly offsets: readonly GroupOffset[] }> {
  const topics = partitions ? indexesByTopic(partitions) : null;
  const answer = await ask(
    nodeId,
    OffsetFetch,
    (version) => ({
      ...(version >= SEVERAL_GROUPS ? { groups: [{ groupId, topics }] } : { groupId, topics }),
      ...(version >= STABLE && { requireStable }),
    }),
    BY_NAME,
  );
  const found = answer.groups[0] ?? answer;
  const all = flattened<(typeof found.topics)[number]["partitions"][number]>(found.topics);
  // A failure of one partition is the group's: offsets without it would look complete.
  const errorCode = found.errorCode || (all.find((one) => one.answer.errorCode !== 0)?.answer.errorCode ?? 0);
  const offsets = all.flatMap(({ topic, partition, answer: { committedOffset, committedLeaderEpoch, metadata } }) =>
    committedOffset < 0
      ? []
      : [
          {
            topic,
            partition,
            offset: committedOffset,
            leaderEpoch: committedLeaderEpoch < 0 ? undefined : committedLeaderEpoch,
            metadata: metadata || undefined,
          },
        ],
  );
  return { errorCode, offsets };
}
