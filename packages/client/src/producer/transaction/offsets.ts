// How far a group has read, stored as part of a transaction: either both count or neither.
import { type RequestInput, TxnOffsetCommit } from "@moldau/protocol";
import type { Cluster } from "../../cluster/cluster.js";
import { ClientError, throwIf } from "../../errors.js";
import type { Identity } from "../numbering.js";
import { coordinatorError, type TransactionVersion } from "./coordinator.js";

/** A group as its consumer knows it: what it says of itself is checked, so that a member that was thrown out commits nothing (KIP-447). */
export interface GroupIdentity {
  readonly groupId: string;
  readonly generationId?: number;
  readonly memberId?: string;
  readonly groupInstanceId?: string | null;
}

export interface OffsetToCommit {
  readonly topic: string;
  readonly partition: number;
  /** Of the next record to read. */
  readonly offset: number;
  readonly leaderEpoch?: number;
  readonly metadata?: string | null;
}

/** The last version that needs the group to be added to the transaction before; and the first that knows members. */
const BEFORE_IMPLICIT = 4;
const BY_MEMBER = 3;

export async function commitOffsets(
  cluster: Cluster,
  transaction: {
    readonly transactionalId: string;
    readonly identity: Identity;
    readonly version: TransactionVersion;
    readonly withinMs: number;
  },
  group: GroupIdentity,
  offsets: readonly OffsetToCommit[],
): Promise<void> {
  const { transactionalId, identity, version, withinMs } = transaction;
  const { groupId } = group;
  const request = { transactionalId, ...identity, groupId, topics: topicsOf(offsets) };
  const asking = (spoken: number): RequestInput<typeof TxnOffsetCommit> => {
    if (spoken < BY_MEMBER) return request;
    const { generationId = -1, memberId = "", groupInstanceId = null } = group;
    return { ...request, generationId, memberId, groupInstanceId };
  };
  const maxVersion = version === 2 ? undefined : BEFORE_IMPLICIT;
  await cluster.retrying({ withinMs }, async () => {
    const { topics } = await cluster.askCoordinator("group", groupId, TxnOffsetCommit, asking, { maxVersion });
    for (const { name, partitions } of topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        coordinatorError(cluster, "group", groupId, errorCode);
        throwIf(errorCode, undefined, { topic: name, partition: partitionIndex });
      }
    }
  });
}

function topicsOf(offsets: readonly OffsetToCommit[]): RequestInput<typeof TxnOffsetCommit>["topics"] {
  const topics = new Map<string, OffsetToCommit[]>();
  for (const one of offsets) {
    const { topic, partition, offset } = one;
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new ClientError("INVALID_ARGUMENT", `${offset} is no offset to commit`, { topic, partition });
    }
    topics.set(topic, [...(topics.get(topic) ?? []), one]);
  }
  return Array.from(topics, ([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, offset, leaderEpoch = -1, metadata = null }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: metadata,
    })),
  }));
}
