// What members of either protocol have in common: a life of heartbeats and commits, until it is over.
import { errorByCode, OffsetCommit, OffsetFetch } from "@moldau/protocol";
import type { Reconnecting } from "../clients/reconnecting.js";
import type { SeededRandom } from "../time/seeded-random.js";
import type { Ledger } from "./ledger.js";

export interface MemberOptions {
  readonly name: string;
  readonly groupId: string;
  readonly topic: string;
  readonly topicId: string;
  readonly partitionCount: () => number;
  readonly instanceId: string | null;
  readonly client: Reconnecting;
  readonly random: SeededRandom;
  readonly ledger: Ledger;
  readonly sessionMs: number;
  readonly rebalanceMs: number;
  readonly heartbeatMs: number;
  /** How the member's life ends; undefined as long as it goes on. A crash says nothing to anybody. */
  readonly end: () => "leave" | "crash" | undefined;
}

/** Who commits: a generation of a classic group, or an epoch of a consumer group. */
export interface Identity {
  readonly memberId: string;
  readonly epoch: number;
}

const COMMIT_VERSION = 9;
const FETCH_VERSION = 9;
export const RETRY_MS = 20;

/** Answers that say: ask again, the coordinator is on its way. */
const COMING = new Set([
  "NOT_COORDINATOR",
  "COORDINATOR_NOT_AVAILABLE",
  "COORDINATOR_LOAD_IN_PROGRESS",
  "KAFKA_STORAGE_ERROR",
  "REQUEST_TIMED_OUT",
]);
export const isComing = (errorCode: number): boolean => COMING.has(errorByCode(errorCode).name);
export const errorName = (errorCode: number): string => errorByCode(errorCode).name;

/** What a member may be told of a commit besides that it is done: it will learn the rest from its heartbeat. */
const REFUSALS = new Set([
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
  "REBALANCE_IN_PROGRESS",
  "STALE_MEMBER_EPOCH",
  "FENCED_INSTANCE_ID",
  "FENCED_MEMBER_EPOCH",
  "GROUP_ID_NOT_FOUND",
]);

/** One partition's progress: reads what is committed, commits some more. Rejects with ConnectionLost. */
export async function progress(
  { client, groupId, topic, ledger, name, instanceId, random }: MemberOptions,
  identity: Identity,
  partition: number,
) {
  const before = ledger.committed(partition);
  const { groups } = await client.request(OffsetFetch, FETCH_VERSION, {
    groups: [{ groupId, memberId: null, memberEpoch: -1, topics: [{ name: topic, partitionIndexes: [partition] }] }],
    requireStable: true,
  });
  const found = groups[0]?.topics[0]?.partitions[0];
  if (!found || groups[0]?.errorCode !== 0 || found.errorCode !== 0) return;
  ledger.fetched(name, partition, found.committedOffset, before);
  const offset = Math.max(0, found.committedOffset) + random.int(1, 9);
  const { topics } = await client.request(OffsetCommit, COMMIT_VERSION, {
    groupId,
    generationIdOrMemberEpoch: identity.epoch,
    memberId: identity.memberId,
    groupInstanceId: instanceId,
    topics: [
      {
        name: topic,
        partitions: [{ partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: 0, committedMetadata: name }],
      },
    ],
  });
  const errorCode = topics[0]?.partitions[0]?.errorCode ?? -1;
  if (errorCode === 0) ledger.commit(name, partition, offset);
  else if (!isComing(errorCode) && !REFUSALS.has(errorName(errorCode)))
    throw new Error(`${name}: a commit was answered with ${errorName(errorCode)}`);
}
