// JoinGroup to a consumer group (KIP-848, live migration): the member is answered at once, with its epoch as generation. Nobody leads:
// the broker assigns, and SyncGroup tells what.
import { type ErrorName, errors } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import { joinRefused } from "../classic/answers.js";
import { joinClassicGroup } from "../classic/join.js";
import { CONSUMER_PROTOCOL_TYPE, ownProtocols } from "../classic/protocols.js";
import type { JoinGroupCommand } from "../commands.js";
import { type Draft, decided, draft } from "../consumer/draft.js";
import { type ConsumerGroup, staticMember } from "../consumer/group.js";
import { type Found, ownerOf, replace } from "../consumer/joining.js";
import { type ConsumerMember, isReconciled, type MemberMetadata, newMember, sameMetadata, sameNames } from "../consumer/member.js";
import { led } from "../consumer/progress.js";
import { isRefusal, type Refusal } from "../consumer/refusal.js";
import { changeRegex } from "../consumer/regexes.js";
import { removal } from "../consumer/removal.js";
import { renewEpoch } from "../consumer/subscription.js";
import { NO_TARGET, renewTarget } from "../consumer/target.js";
import { classicPhaseTimer, noClassicPhaseTimer, sessionTimer } from "../consumer/timers.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import { canDowngrade, downgrade } from "./downgrade.js";
import { type EmbeddedSubscription, readSubscription, withIds } from "./embedded-protocol.js";

/** The version since which a dynamic member needs an id to enter. */
const MEMBER_ID_REQUIRED_SINCE = 4;

export function joinGroup(state: GroupsState, command: JoinGroupCommand, world: World): GroupsDecision {
  const group = state.groups.get(command.request.groupId);
  if (group?.kind !== "consumer") return joinClassicGroup(group, command, world);
  if (group.members.size === 0) return replaceEmptyGroup(group, command, world);
  const refuse = (error: ErrorName, memberId = "") =>
    decision({ replies: [reply(command.ticket, joinRefused(command.caller.version, memberId, error))] });
  const { request, caller } = command;
  if (request.sessionTimeoutMs < world.config.groupMinSessionTimeoutMs || request.sessionTimeoutMs > world.config.groupMaxSessionTimeoutMs)
    return refuse("INVALID_SESSION_TIMEOUT", request.memberId);
  const forbidden = mayNotEnter(group, request, world);
  if (forbidden) return refuse(forbidden);
  const isUnknown = request.memberId === "";
  const memberId = isUnknown ? world.newId() : request.memberId;
  if (isUnknown && request.groupInstanceId === null && caller.version >= MEMBER_ID_REQUIRED_SINCE)
    return refuse("MEMBER_ID_REQUIRED", memberId);
  const subscription = readSubscription(request.protocols[0]?.metadata ?? new Uint8Array());
  if (!subscription) return refuse("UNKNOWN_SERVER_ERROR");
  const outcome = enter(draft(group), command, memberId, subscription, world);
  return isRefusal(outcome) ? refuse(outcome.refused) : outcome;
}

/** An empty group takes the protocol of whoever comes next. */
function replaceEmptyGroup(group: ConsumerGroup, command: JoinGroupCommand, world: World): GroupsDecision {
  const joined = joinClassicGroup(undefined, command, world);
  return joined.events.length === 0 ? joined : { ...joined, events: [...removal(group), ...joined.events] };
}

function mayNotEnter({ index, members }: ConsumerGroup, request: JoinGroupCommand["request"], { config }: World): ErrorName | undefined {
  if (config.groupConsumerMigrationPolicy === "disabled") return "INCONSISTENT_GROUP_PROTOCOL";
  if (members.size >= config.groupConsumerMaxSize && !members.has(request.memberId)) return "GROUP_MAX_SIZE_REACHED";
  const inCommon = request.protocols.some(({ name }) => (index.classicProtocols.get(name) ?? 0) === index.classicMembers);
  return request.protocolType === CONSUMER_PROTOCOL_TYPE && inCommon ? undefined : "INCONSISTENT_GROUP_PROTOCOL";
}

function findMember(draft: Draft, { request }: JoinGroupCommand, memberId: string): Found | Refusal {
  const { group } = draft;
  const instanceId = request.groupInstanceId;
  if (instanceId === null) return { member: group.members.get(memberId) ?? newMember(memberId), replaced: undefined };
  const former = staticMember(group, instanceId);
  if (request.memberId !== "") {
    const owner = ownerOf(group, { memberId, instanceId });
    return isRefusal(owner) ? owner : { member: owner, replaced: undefined };
  }
  return former ? { member: replace(draft, former, memberId), replaced: former } : { member: newMember(memberId), replaced: undefined };
}

function told(before: MemberMetadata, { request, caller }: JoinGroupCommand, subscription: EmbeddedSubscription): MemberMetadata {
  return {
    instanceId: request.groupInstanceId ?? before.instanceId,
    rackId: subscription.rackId || before.rackId,
    clientId: caller.clientId,
    clientHost: caller.clientHost,
    subscribedTopicNames: [...new Set(subscription.topics)].sort(),
    subscribedTopicRegex: "",
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? before.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    serverAssignor: before.serverAssignor,
    classic: { sessionTimeoutMs: request.sessionTimeoutMs, supportedProtocols: ownProtocols(request.protocols) },
  };
}

function enter(
  draft: Draft,
  command: JoinGroupCommand,
  memberId: string,
  said: EmbeddedSubscription,
  world: World,
): GroupsDecision | Refusal {
  const { group, events, timers } = draft;
  const { groupId } = group;
  const found = findMember(draft, command, memberId);
  if (isRefusal(found)) return found;
  const before = found.member;
  const after = { ...before, metadata: told(before.metadata, command, said) };
  if (!sameMetadata(before.metadata, after.metadata)) events.push({ kind: "consumerMember", groupId, memberId, value: after.metadata });
  const regexChange = changeRegex(draft, before, after, world);
  if (typeof regexChange === "object") return regexChange;
  const grows = !sameNames(before.metadata.subscribedTopicNames, after.metadata.subscribedTopicNames) || regexChange !== "none";
  const old = found.replaced ?? group.members.get(memberId);
  const epoch = renewEpoch(draft, { out: old ? [old] : [], in: [after] }, grows, world);
  const claims = withIds(said.ownedPartitions, world.topics);
  const former = command.request.groupInstanceId === null ? undefined : staticMember(group, command.request.groupInstanceId);
  if (former && canDowngrade(group, [former], world, 1)) return enterLast(draft, command, { former, after, epoch, claims }, world);

  const target = renewTarget(draft, epoch, { member: after, replaced: found.replaced }, world);
  const goal = { epoch: target.epoch, target: target.assignment, subscriptionChanged: grows, claims };
  const next = led(draft, after, goal, world);
  if (isRefusal(next)) return next;
  events.push({ kind: "consumerJoinAwaited", groupId, memberId, awaited: false });
  timers.push(
    noClassicPhaseTimer(groupId, memberId, "join"),
    sessionTimer(groupId, next, world),
    classicPhaseTimer(groupId, memberId, "sync", next.metadata.rebalanceTimeoutMs),
  );
  return answered(draft, command, next);
}

interface LastOne {
  /** The only member of the consumer protocol, whose place is taken. */
  readonly former: ConsumerMember;
  readonly after: ConsumerMember;
  readonly epoch: number;
  readonly claims: ReturnType<typeof withIds>;
}

function enterLast(
  draft: Draft,
  command: JoinGroupCommand,
  { former, after, epoch, claims }: LastOne,
  world: World,
): GroupsDecision | Refusal {
  const { group } = draft;
  const target = group.targets.get(former.memberId) ?? NO_TARGET;
  const goal = { epoch: group.assignmentEpoch, target, subscriptionChanged: false, claims };
  const next = epoch > group.assignmentEpoch ? after : led(draft, after, goal, world);
  if (isRefusal(next)) return next;
  // Partitions on their way from one member to another would have two: then all join again.
  const others = [...group.members.values()].filter((member) => member !== former);
  const rebalances = epoch > group.assignmentEpoch || ![...others, next].every((member) => isReconciled(member, epoch));
  downgrade(draft, [former], world, { member: next, target, rebalances });
  return answered(draft, command, next);
}

function answered(draft: Draft, { ticket }: JoinGroupCommand, { memberId, metadata, current }: ConsumerMember): GroupsDecision {
  draft.replies.push(
    reply(ticket, {
      throttleTimeMs: 0,
      errorCode: errors.NONE.code,
      generationId: current.memberEpoch,
      protocolType: CONSUMER_PROTOCOL_TYPE,
      protocolName: metadata.classic?.supportedProtocols[0]?.name ?? null,
      leader: "",
      skipAssignment: false,
      memberId,
      members: [],
    }),
  );
  return decided(draft);
}
