// What tests of groups ask: offsets committed and read, members that join.
import {
  type ErrorName,
  errorByCode,
  FindCoordinator,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  OffsetCommit,
  OffsetFetch,
  type ResponseOf,
  SyncGroup,
} from "@moldau/protocol";
import type { TestClient } from "./test-client.js";

export interface CommitAs {
  readonly memberId?: string;
  readonly epoch?: number;
  readonly partition?: number;
  readonly metadata?: string | null;
}

/** Commits one offset; gives the partition's error. */
export async function commit(
  client: TestClient,
  groupId: string,
  topic: string,
  offset: number,
  { memberId = "", epoch = -1, partition = 0, metadata = "" }: CommitAs = {},
): Promise<ErrorName> {
  const { topics } = await client.ask(OffsetCommit, 9, {
    groupId,
    generationIdOrMemberEpoch: epoch,
    memberId,
    groupInstanceId: null,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, committedOffset: offset, committedMetadata: metadata }] }],
  });
  return errorByCode(topics[0]?.partitions[0]?.errorCode ?? -1).name;
}

/** The offset a group has committed, -1 for none, or the group's error. */
export async function committed(client: TestClient, groupId: string, topic: string, partition = 0): Promise<number | ErrorName> {
  const { groups } = await client.ask(OffsetFetch, 9, {
    groups: [{ groupId, memberId: null, topics: [{ name: topic, partitionIndexes: [partition] }] }],
    requireStable: false,
  });
  const [group] = groups;
  if (!group) throw new Error("the group was not answered");
  if (group.errorCode !== 0) return errorByCode(group.errorCode).name;
  return group.topics[0]?.partitions[0]?.committedOffset ?? -1;
}

export async function findGroup(
  client: TestClient,
  groupId: string,
): Promise<ResponseOf<typeof FindCoordinator>["coordinators"][number] | undefined> {
  const { coordinators } = await client.ask(FindCoordinator, 6, { keyType: 0, coordinatorKeys: [groupId] });
  return coordinators[0];
}

export interface JoinAs {
  readonly memberId?: string;
  readonly protocols?: readonly string[];
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
}

/** One JoinGroup, in the version in which one step suffices. */
export const join = (
  client: TestClient,
  groupId: string,
  { memberId = "", protocols = ["range"], sessionTimeoutMs = 10_000, rebalanceTimeoutMs = 60_000 }: JoinAs = {},
): Promise<ResponseOf<typeof JoinGroup>> =>
  client.ask(JoinGroup, 3, {
    groupId,
    sessionTimeoutMs,
    rebalanceTimeoutMs,
    memberId,
    groupInstanceId: null,
    protocolType: "consumer",
    protocols: protocols.map((name) => ({ name, metadata: Buffer.from(`of ${name}`) })),
  });

export const sync = (
  client: TestClient,
  groupId: string,
  { memberId, generationId }: { readonly memberId: string; readonly generationId: number },
  assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[] = [],
): Promise<ResponseOf<typeof SyncGroup>> =>
  client.ask(SyncGroup, 4, { groupId, generationId, memberId, groupInstanceId: null, protocolType: null, protocolName: null, assignments });

export const heartbeat = async (
  client: TestClient,
  groupId: string,
  { memberId, generationId }: { readonly memberId: string; readonly generationId: number },
): Promise<ErrorName> =>
  errorByCode((await client.ask(Heartbeat, 4, { groupId, generationId, memberId, groupInstanceId: null })).errorCode).name;

export const leave = (client: TestClient, groupId: string, memberId: string): Promise<ResponseOf<typeof LeaveGroup>> =>
  client.ask(LeaveGroup, 5, { groupId, members: [{ memberId, groupInstanceId: null, reason: null }] });
