// A group's offsets: read and committed, as a member of it or, without one, as anybody may while the group has no members.
import { OffsetCommit, OffsetFetch } from "@moldau/protocol";
import { ClientError } from "../../errors.js";
import type { FoundOffset } from "../positions/list-offsets.js";
import { byTopic, keyOf, type TopicPartition } from "../topic-partition.js";
import type { GroupCoordinator } from "./coordinator.js";

/** Who commits: a member of a generation, or of an epoch. */
export interface MemberIdentity {
  readonly memberId: string;
  readonly epoch: number;
  readonly instanceId: string | null;
}

export const NO_MEMBER: MemberIdentity = { memberId: "", epoch: -1, instanceId: null };

export interface OffsetToCommit extends TopicPartition {
  /** The next to be read. */
  readonly offset: number;
  readonly leaderEpoch?: number;
  readonly metadata?: string | null;
}

/** Later versions name topics by id, which a topic that was deleted has no more. */
const BY_NAME = 9;
/** Who asks is not looked at: partitions come when the one before has committed. */
const NOBODY = { memberId: null, memberEpoch: -1 };
const SEVERAL_GROUPS = 8;
const STABLE = 7;

/** By key; absent where nothing is committed. One try. `stable`: waits for transactions that hold offsets of the group (KIP-447). */
export async function fetchOffsets(
  coordinator: GroupCoordinator,
  places: readonly TopicPartition[],
  stable: boolean,
): Promise<Map<string, FoundOffset>> {
  const topics = [...byTopic(places)].map(([name, partitions]) => ({
    name,
    partitionIndexes: partitions.map(({ partition }) => partition),
  }));
  const { group: groupId } = coordinator;
  const answer = await coordinator.ask(
    OffsetFetch,
    (version) => ({
      ...(version >= SEVERAL_GROUPS ? { groups: [{ groupId, topics, ...(version >= BY_NAME && NOBODY) }] } : { groupId, topics }),
      ...(version >= STABLE && { requireStable: stable }),
    }),
    { maxVersion: BY_NAME },
  );
  const group = answer.groups[0] ?? answer;
  throwIf(coordinator, group.errorCode);
  const found = new Map<string, FoundOffset>();
  for (const { name: topic, partitions } of group.topics) {
    for (const { partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: leaderEpoch, errorCode } of partitions) {
      throwIf(coordinator, errorCode, { topic, partition });
      if (offset >= 0) found.set(keyOf({ topic, partition }), { offset, leaderEpoch });
    }
  }
  return found;
}

/** One try; rejects with the first partition's error, having committed the others. */
export async function commitOffsets(
  coordinator: GroupCoordinator,
  { memberId, epoch, instanceId }: MemberIdentity,
  offsets: readonly OffsetToCommit[],
): Promise<void> {
  const topics = [...byTopic(offsets)].map(([name, places]) => ({
    name,
    partitions: places.map(({ partition, offset, leaderEpoch = -1, metadata = "" }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: metadata,
    })),
  }));
  const answer = await coordinator.ask(
    OffsetCommit,
    (version) => ({
      groupId: coordinator.group,
      generationIdOrMemberEpoch: epoch,
      memberId,
      ...(version >= 7 && { groupInstanceId: instanceId }),
      topics,
    }),
    { maxVersion: BY_NAME },
  );
  for (const { name: topic, partitions } of answer.topics) {
    for (const { partitionIndex: partition, errorCode } of partitions) throwIf(coordinator, errorCode, { topic, partition });
  }
}

function throwIf(coordinator: GroupCoordinator, errorCode: number, place?: TopicPartition): void {
  const error = coordinator.errorOf(errorCode);
  if (!error) return;
  if (!place) throw error;
  const { code, message, retriable } = error;
  throw new ClientError(code, message, { retriable, ...place });
}
