// A member that speaks the classic protocol, as eager clients do: it gives up all it owns before it joins again.
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  decodeVersioned,
  encodeVersioned,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  SyncGroup,
} from "@moldau/protocol";
import { isLoss } from "../clients/reconnecting.js";
import { errorName, isComing, type MemberOptions, progress, RETRY_MS } from "./member.js";

const VERSIONS = { join: 9, sync: 5, heartbeat: 4, leave: 5 };
const PROTOCOL = "range";

interface Joined {
  readonly memberId: string;
  readonly epoch: number;
  /** What the member is to hand out, when it leads. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[];
}

/** Settles when the member's life is over. */
export async function classicMember(options: MemberOptions): Promise<void> {
  const { client, ledger, name, end } = options;
  let memberId = "";
  while (end() === undefined) {
    try {
      ledger.owns(name, []);
      const joined = await join(options, memberId, (id) => {
        memberId = id;
      });
      if (!joined) continue;
      memberId = joined.memberId;
      const partitions = await sync(options, joined);
      if (!partitions) continue;
      ledger.owns(name, partitions);
      if ((await live(options, joined, partitions)) === "unknown") memberId = "";
    } catch (error) {
      if (!isLoss(error)) throw error;
      await client.time.pause(RETRY_MS);
    }
  }
  ledger.owns(name, []);
  if (end() === "leave" && memberId !== "") await leave(options, memberId);
}

/** Undefined: try again. Rejects with ConnectionLost. */
async function join(options: MemberOptions, memberId: string, named: (memberId: string) => void): Promise<Joined | undefined> {
  const { client, groupId, topic, sessionMs, rebalanceMs, instanceId, ledger, name } = options;
  const sentMs = client.time.nowMs();
  const subscription = encodeVersioned(ConsumerProtocolSubscription, 1, { topics: [topic], userData: null, ownedPartitions: [] });
  const answer = await client.request(JoinGroup, VERSIONS.join, {
    groupId,
    sessionTimeoutMs: sessionMs,
    rebalanceTimeoutMs: rebalanceMs,
    memberId,
    groupInstanceId: instanceId,
    protocolType: "consumer",
    protocols: [{ name: PROTOCOL, metadata: subscription }],
    reason: null,
  });
  switch (errorName(answer.errorCode)) {
    case "NONE":
      // The join may have waited: the session began when it was answered, but that is not the member's to know.
      ledger.heardOf(name, sentMs);
      return {
        memberId: answer.memberId,
        epoch: answer.generationId,
        assignments: answer.leader === answer.memberId && !answer.skipAssignment ? handOut(options, answer.members) : [],
      };
    case "MEMBER_ID_REQUIRED":
      named(answer.memberId);
      return undefined;
    case "UNKNOWN_MEMBER_ID":
    case "FENCED_INSTANCE_ID":
      named("");
      return undefined;
    default:
      return again(options, "join", answer.errorCode);
  }
}

/** Partitions in turn to the members. */
function handOut({ topic, partitionCount }: MemberOptions, members: readonly { readonly memberId: string }[]): Joined["assignments"] {
  return members.map(({ memberId }, place) => {
    const partitions = Array.from({ length: partitionCount() }, (_, partition) => partition).filter(
      (partition) => partition % members.length === place,
    );
    const assignedPartitions = partitions.length > 0 ? [{ topic, partitions }] : [];
    return { memberId, assignment: encodeVersioned(ConsumerProtocolAssignment, 1, { assignedPartitions, userData: null }) };
  });
}

/** The partitions given; undefined: join again. */
async function sync(options: MemberOptions, { memberId, epoch, assignments }: Joined): Promise<readonly number[] | undefined> {
  const { client, groupId, instanceId, ledger, name } = options;
  const sentMs = client.time.nowMs();
  const answer = await client.request(SyncGroup, VERSIONS.sync, {
    groupId,
    generationId: epoch,
    memberId,
    groupInstanceId: instanceId,
    protocolType: "consumer",
    protocolName: PROTOCOL,
    assignments: [...assignments],
  });
  if (answer.errorCode !== 0) return again(options, "sync", answer.errorCode);
  ledger.heardOf(name, sentMs);
  if (answer.assignment.length === 0) return [];
  return decodeVersioned(ConsumerProtocolAssignment, answer.assignment).value.assignedPartitions.flatMap(({ partitions }) => partitions);
}

/** Heartbeats and commits, until the member must join again. */
async function live(options: MemberOptions, joined: Joined, partitions: readonly number[]): Promise<"rejoin" | "unknown"> {
  const { client, random, end, groupId, instanceId, heartbeatMs, ledger, name } = options;
  const { memberId, epoch } = joined;
  while (end() === undefined) {
    await client.time.pause(random.int(1, heartbeatMs));
    if (random.chance(0.02)) client.hangUp();
    try {
      const sentMs = client.time.nowMs();
      const { errorCode } = await client.request(Heartbeat, VERSIONS.heartbeat, {
        groupId,
        generationId: epoch,
        memberId,
        groupInstanceId: instanceId,
      });
      const said = errorName(errorCode);
      if (said === "NONE") ledger.heardOf(name, sentMs);
      else if (said === "UNKNOWN_MEMBER_ID" || said === "FENCED_INSTANCE_ID") return "unknown";
      else if (said === "REBALANCE_IN_PROGRESS" || said === "ILLEGAL_GENERATION") return "rejoin";
      else await again(options, "heartbeat", errorCode);
      if (partitions.length > 0 && random.chance(0.5)) await progress(options, joined, random.pick(partitions));
    } catch (error) {
      if (!isLoss(error)) throw error;
      await client.time.pause(RETRY_MS);
    }
  }
  return "rejoin";
}

async function leave({ client, groupId, instanceId }: MemberOptions, memberId: string): Promise<void> {
  try {
    await client.request(LeaveGroup, VERSIONS.leave, { groupId, members: [{ memberId, groupInstanceId: instanceId, reason: null }] });
  } catch (error) {
    if (!isLoss(error)) throw error;
  }
}

const EXPECTED = new Set([
  "REBALANCE_IN_PROGRESS",
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
  "FENCED_INSTANCE_ID",
  "GROUP_ID_NOT_FOUND",
  "INCONSISTENT_GROUP_PROTOCOL",
]);

async function again({ client, name }: MemberOptions, what: string, errorCode: number): Promise<undefined> {
  if (!isComing(errorCode) && !EXPECTED.has(errorName(errorCode)))
    throw new Error(`${name}: a ${what} was answered with ${errorName(errorCode)}`);
  await client.time.pause(RETRY_MS);
  return undefined;
}
