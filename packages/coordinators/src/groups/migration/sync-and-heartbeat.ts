// SyncGroup and Heartbeat of a classic member in a consumer group (KIP-848, live migration): it is told what it has, and when it must
// join again, which is how it hears that partitions are to be given up, or are there to be taken.
import { type ErrorName, errors } from "@moldau/protocol";
import { type Reply, reply } from "../../runtime/machine.js";
import { syncRefused } from "../classic/answers.js";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/protocols.js";
import { lacksProtocol } from "../classic/sync.js";
import type { HeartbeatCommand, SyncGroupCommand } from "../commands.js";
import type { ConsumerGroup } from "../consumer/group.js";
import { ownerOf } from "../consumer/joining.js";
import { putOut } from "../consumer/leaving.js";
import type { ClassicMetadata, ConsumerMember } from "../consumer/member.js";
import { isRefusal } from "../consumer/refusal.js";
import { NO_TARGET } from "../consumer/target.js";
import { classicPhaseTimer, noClassicPhaseTimer, sessionTimer } from "../consumer/timers.js";
import type { CommandOf } from "../decider.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import { writeAssignment } from "./embedded-protocol.js";

interface Client {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
}

interface ClassicOne {
  readonly group: ConsumerGroup;
  readonly member: ConsumerMember;
  readonly classic: ClassicMetadata;
}

function classicOne(state: GroupsState, client: Client): ClassicOne | ErrorName {
  const group = state.groups.get(client.groupId);
  if (group?.kind !== "consumer") return "UNKNOWN_MEMBER_ID";
  const member = ownerOf(group, { memberId: client.memberId, instanceId: client.groupInstanceId });
  if (isRefusal(member)) return member.refused;
  const { classic } = member.metadata;
  if (!classic) return "UNKNOWN_MEMBER_ID";
  return client.generationId === member.current.memberEpoch ? { group, member, classic } : "ILLEGAL_GENERATION";
}

export function syncGroup(state: GroupsState, command: SyncGroupCommand, world: World): GroupsDecision {
  const { request, ticket } = command;
  const refuse = (error: ErrorName): readonly Reply[] => [reply(ticket, syncRefused(error))];
  if (lacksProtocol(command)) return decision({ replies: refuse("INCONSISTENT_GROUP_PROTOCOL") });
  const found = classicOne(state, request);
  if (typeof found === "string") return decision({ replies: refuse(found) });
  const { group, member, classic } = found;
  const protocol = classic.supportedProtocols[0];
  const differs = (said: string | null, is: string | undefined) => said !== null && said !== is;
  if (!protocol || differs(request.protocolType, CONSUMER_PROTOCOL_TYPE) || differs(request.protocolName, protocol.name))
    return decision({ replies: refuse("INCONSISTENT_GROUP_PROTOCOL") });
  // One that is to give up partitions learns by syncing which: those it is not given.
  if (member.current.memberEpoch < group.assignmentEpoch && member.current.state !== "unrevoked")
    return decision({ replies: refuse("REBALANCE_IN_PROGRESS"), ...toldToJoin(group, member) });
  const assigned = new Map([...member.current.assigned].map(([topic, { partitions }]) => [topic, partitions]));
  const answer = {
    throttleTimeMs: 0,
    errorCode: errors.NONE.code,
    protocolType: request.protocolType,
    protocolName: request.protocolName,
    assignment: writeAssignment(assigned, protocol.metadata, world.topics),
  };
  const timers = [noClassicPhaseTimer(group.groupId, member.memberId, "sync"), sessionTimer(group.groupId, member, world)];
  return decision({ replies: [reply(ticket, answer)], timers });
}

export function heartbeat(state: GroupsState, { request, ticket }: HeartbeatCommand, world: World): GroupsDecision {
  const answered = (error: ErrorName) => [reply(ticket, { throttleTimeMs: 0, errorCode: errors[error].code })];
  const found = classicOne(state, request);
  if (typeof found === "string") return decision({ replies: answered(found) });
  const { group, member } = found;
  const session = sessionTimer(group.groupId, member, world);
  if (!mustJoin(group, member)) return decision({ replies: answered("NONE"), timers: [session] });
  const { events, timers } = toldToJoin(group, member);
  return decision({ replies: answered("REBALANCE_IN_PROGRESS"), events, timers: [session, ...timers] });
}

/** There is a newer assignment, something to give up, or something that has become free. */
const mustJoin = (group: ConsumerGroup, member: ConsumerMember): boolean =>
  member.current.memberEpoch < group.assignmentEpoch ||
  member.current.state === "unrevoked" ||
  (member.current.state === "unreleased" && !waits(group, member));

/** Something that the member should have is still another's. */
function waits({ index, targets }: ConsumerGroup, { memberId, current }: ConsumerMember): boolean {
  for (const [topic, partitions] of targets.get(memberId) ?? NO_TARGET) {
    const owners = index.owners.get(topic);
    const has = current.assigned.get(topic)?.partitions;
    if (partitions.some((partition) => owners?.has(partition) === true && !has?.includes(partition))) return true;
  }
  return false;
}

/** It has its rebalance timeout to join, from when it was told first. */
function toldToJoin(
  { groupId, awaitedJoins }: ConsumerGroup,
  { memberId, metadata }: ConsumerMember,
): Pick<GroupsDecision, "events" | "timers"> {
  if (awaitedJoins.has(memberId)) return { events: [], timers: [] };
  return {
    events: [{ kind: "consumerJoinAwaited", groupId, memberId, awaited: true }],
    timers: [classicPhaseTimer(groupId, memberId, "join", metadata.rebalanceTimeoutMs)],
  };
}

/** It has not joined, or not synced, in time. */
export const classicMemberExpired = (
  state: GroupsState,
  command: CommandOf<"consumerClassicMemberExpired">,
  world: World,
): GroupsDecision => putOut(state, command, ({ metadata }) => metadata.classic !== undefined, world);
