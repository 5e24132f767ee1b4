// ConsumerGroupHeartbeat (KIP-848): a member joins, says what it wants and has, and is told what it should have.
//
//   member changed ──► group epoch grows ──► targets worked out ──► the member is led a step towards its target
import { reply } from "../../runtime/machine.js";
import type { ConsumerGroupHeartbeatCommand } from "../commands.js";
import type { GroupsDecision } from "../decision.js";
import { enterClassicGroup } from "../migration/upgrade.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import { type Draft, decided, draft } from "./draft.js";
import { type ConsumerGroup, newConsumerGroup } from "./group.js";
import { findMember } from "./joining.js";
import { leave } from "./leaving.js";
import {
  AWAY_EPOCH,
  type ConsumerMember,
  isReconciled,
  JOINING_EPOCH,
  LEAVING_EPOCH,
  type MemberMetadata,
  regexOf,
  sameMetadata,
  sameNames,
} from "./member.js";
import { listed, sameOwned } from "./owned-partitions.js";
import { led } from "./progress.js";
import { isRefusal, type Refusal, refusal, refuse } from "./refusal.js";
import { changeRegex, regexesDueInMs } from "./regexes.js";
import { brokenRule } from "./request-rules.js";
import { renewEpoch } from "./subscription.js";
import { renewTarget } from "./target.js";
import { noClassicPhaseTimer, sessionTimer } from "./timers.js";

type Command = ConsumerGroupHeartbeatCommand;
type Request = Command["request"];

/** While a member waits for partitions, or for targets to be worked out, it asks so many times more often. */
const HASTE = 10;

export function heartbeat(state: GroupsState, command: Command, world: World): GroupsDecision {
  const broken = brokenRule(command, world);
  if (broken) return refuse(command, broken);
  const { groupId, memberEpoch } = command.request;
  const present = state.groups.get(groupId);
  if (memberEpoch === LEAVING_EPOCH || memberEpoch === AWAY_EPOCH) return leave(present, command, world);
  if (present?.kind === "consumer") return steady(present, command, world) ?? inGroup(draft(present), command, world);
  if (memberEpoch !== JOINING_EPOCH) return refuse(command, refusal("GROUP_ID_NOT_FOUND", `There is no consumer group ${groupId}.`));
  if (!present) return inGroup(draft(newConsumerGroup(groupId)), command, world);
  const entered = enterClassicGroup(present, world);
  return isRefusal(entered) ? refuse(command, entered) : inGroup(entered, command, world);
}

/** By far the most heartbeats: nothing changed on either side. Undefined for all others. */
function steady(group: ConsumerGroup, command: Command, world: World): GroupsDecision | undefined {
  const { request, caller } = command;
  const member = group.members.get(request.memberId);
  if (!member || request.memberEpoch !== member.current.memberEpoch) return undefined;
  if (group.groupEpoch !== group.assignmentEpoch || !isReconciled(member, group.assignmentEpoch)) return undefined;
  if (group.topicsVersion !== world.topics.version || saysSomething(request)) return undefined;
  const { clientId, clientHost, instanceId, classic } = member.metadata;
  if (clientId !== caller.clientId || clientHost !== caller.clientHost || classic) return undefined;
  if (request.instanceId !== null && request.instanceId !== instanceId) return undefined;
  if (group.index.regexes.size > 0 && regexesDueInMs(group, undefined, world) !== undefined) return undefined;
  return {
    events: [],
    replies: [reply(command.ticket, answer(member, heartbeatIntervalMs(group, world), false))],
    timers: [sessionTimer(group.groupId, member, world)],
  };
}

const isUnresolved = ({ regexes }: ConsumerGroup, member: ConsumerMember): boolean => {
  const regex = regexOf(member);
  return regex !== undefined && !regexes.has(regex);
};

const saysSomething = (request: Request): boolean =>
  request.subscribedTopicNames !== null ||
  request.subscribedTopicRegex !== null ||
  request.serverAssignor !== null ||
  request.rackId !== null ||
  request.rebalanceTimeoutMs !== -1;

const heartbeatIntervalMs = ({ groupId }: ConsumerGroup, world: World): number => world.configOf(groupId).consumerHeartbeatIntervalMs;

function inGroup(draft: Draft, command: Command, world: World): GroupsDecision {
  const outcome = memberBeats(draft, command, world);
  return isRefusal(outcome) ? refuse(command, outcome) : outcome;
}

function memberBeats(draft: Draft, command: Command, world: World): GroupsDecision | Refusal {
  const { group, events } = draft;
  const { request, caller } = command;
  const { groupId } = group;
  if (isFull(group, request.memberId, world)) return refusal("GROUP_MAX_SIZE_REACHED", "The group has as many members as it may have.");
  const identity = { memberId: request.memberId === "" ? world.newId() : request.memberId, instanceId: request.instanceId };
  const claims = request.topicPartitions ?? undefined;
  const found = findMember(draft, identity, request.memberEpoch, claims);
  if (isRefusal(found)) return found;
  const { member: before, replaced } = found;
  const { memberId } = before;
  const after = { ...before, metadata: told(before.metadata, request, caller) };
  if (!sameMetadata(before.metadata, after.metadata)) events.push({ kind: "consumerMember", groupId, memberId, value: after.metadata });
  const namesChanged = !sameNames(before.metadata.subscribedTopicNames, after.metadata.subscribedTopicNames);
  const regexChange = changeRegex(draft, before, after, world);
  if (typeof regexChange === "object") return regexChange;

  const old = replaced ?? group.members.get(memberId);
  const epoch = renewEpoch(draft, { out: old ? [old] : [], in: [after] }, namesChanged || regexChange === "resolved", world);
  const target = renewTarget(draft, epoch, { member: after, replaced }, world);
  const subscriptionChanged = namesChanged || regexChange !== "none";
  const next = led(draft, after, { epoch: target.epoch, target: target.assignment, subscriptionChanged, claims }, world);
  if (isRefusal(next)) return next;
  const waits = epoch > target.epoch || next.current.state === "unreleased" || isUnresolved(group, next);
  return answered(draft, command, { before, next, waits }, world);
}

interface Step {
  readonly before: ConsumerMember;
  readonly next: ConsumerMember;
  /** For others, or for the coordinator. */
  readonly waits: boolean;
}

function answered(draft: Draft, { request, ticket }: Command, { before, next, waits }: Step, world: World): GroupsDecision {
  const { group, replies, timers } = draft;
  const { groupId } = group;
  timers.push(sessionTimer(groupId, next, world));
  if (before.metadata.classic)
    timers.push(noClassicPhaseTimer(groupId, next.memberId, "join"), noClassicPhaseTimer(groupId, next.memberId, "sync"));
  const intervalMs = heartbeatIntervalMs(group, world);
  const tellsAssignment =
    request.memberEpoch === JOINING_EPOCH || isComplete(request) || !sameOwned(before.current.assigned, next.current.assigned);
  replies.push(reply(ticket, answer(next, waits ? Math.ceil(intervalMs / HASTE) : intervalMs, tellsAssignment)));
  return decided(draft);
}

const isFull = ({ members }: ConsumerGroup, memberId: string, { config }: World): boolean =>
  members.size >= config.groupConsumerMaxSize && !members.has(memberId);

/** A member that is not sure of the state it shares with the coordinator says everything, and is told everything. */
const isComplete = (request: Request): boolean =>
  request.rebalanceTimeoutMs !== -1 &&
  (request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null) &&
  request.topicPartitions !== null;

/** What a member does not speak of stays as it was. Whoever beats here speaks the consumer protocol. */
const told = (before: MemberMetadata, request: Request, { clientId, clientHost }: Command["caller"]): MemberMetadata => ({
  instanceId: request.instanceId ?? before.instanceId,
  rackId: request.rackId ?? before.rackId,
  clientId,
  clientHost,
  subscribedTopicNames: request.subscribedTopicNames ? [...new Set(request.subscribedTopicNames)].sort() : before.subscribedTopicNames,
  subscribedTopicRegex: request.subscribedTopicRegex ?? before.subscribedTopicRegex,
  rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? before.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
  serverAssignor: request.serverAssignor ?? before.serverAssignor,
  classic: undefined,
});

const answer = ({ memberId, current }: ConsumerMember, heartbeatIntervalMs: number, tellsAssignment: boolean) => ({
  errorCode: 0,
  errorMessage: null,
  memberId,
  memberEpoch: current.memberEpoch,
  heartbeatIntervalMs,
  assignment: tellsAssignment ? { topicPartitions: listed(current.assigned) } : null,
});
