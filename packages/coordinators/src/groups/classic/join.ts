// JoinGroup: somebody wants to be in the next generation of a group.
//
//   no member id, static     its instance's place, or a new one (returning-static.ts)
//   no member id, dynamic    since v4 it is given an id and asked to come again with it (KIP-394), before that it enters at once
//   a member id              one that was given out enters; a member joins again
import type { ErrorName } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import type { JoinGroupCommand } from "../commands.js";
import type { GroupsDecision } from "../decision.js";
import { decision } from "../decision.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import { joined, joinRefused } from "./answers.js";
import { answer, type Draft, decided, draftOf, dropMember, putMember } from "./draft.js";
import { type ClassicGroup, type ClassicMember, simpleGroup, withoutMember } from "./group.js";
import { saidOfItself } from "./joining-member.js";
import { wrongIdentity } from "./membership.js";
import { sameProtocols, supportsProtocols } from "./protocols.js";
import { endJoinPhaseIfAllJoined, rebalance } from "./rebalance.js";
import { returnOfStatic } from "./returning-static.js";
import { NEW_MEMBER_JOIN_TIMEOUT_MS, noSessionTimer, pendingMemberTimer, sessionTimer } from "./timers.js";

/** The version since which a dynamic member needs an id to enter. */
const MEMBER_ID_REQUIRED_SINCE = 4;

export function joinGroup(state: GroupsState, command: JoinGroupCommand, world: World): GroupsDecision {
  const group = state.groups.get(command.request.groupId);
  return joinClassicGroup(group?.kind === "classic" ? group : undefined, command, world);
}

/** Joins a classic group, which begins with its first member when it is undefined. */
export function joinClassicGroup(group: ClassicGroup | undefined, command: JoinGroupCommand, world: World): GroupsDecision {
  const { request, caller, ticket } = command;
  const wrong = wrongRequest(group, command, world);
  if (wrong) return decision({ replies: [reply(ticket, joinRefused(caller.version, request.memberId, wrong))] });
  if (group) {
    const draft = draftOf(group, world);
    join(draft, command);
    return decided(draft);
  }
  // the topic keeps a group from its first day, though empty, and whatever comes of the join
  const created: ClassicGroup = { ...simpleGroup(request.groupId), phaseSinceMs: world.now };
  const draft = draftOf(created, world);
  join(draft, command);
  const { events, replies, timers } = decided(draft);
  return decision({
    events: [{ kind: "classicGroup", groupId: request.groupId, group: created, durable: true }, ...events],
    replies,
    timers,
  });
}

function wrongRequest(group: ClassicGroup | undefined, { request }: JoinGroupCommand, { config }: World): ErrorName | undefined {
  if (request.groupId === "") return "INVALID_GROUP_ID";
  if (request.sessionTimeoutMs < config.groupMinSessionTimeoutMs || request.sessionTimeoutMs > config.groupMaxSessionTimeoutMs)
    return "INVALID_SESSION_TIMEOUT";
  return group || request.memberId === "" ? undefined : "UNKNOWN_MEMBER_ID";
}

function join(draft: Draft, command: JoinGroupCommand): void {
  const { request } = command;
  const supports = () => supportsProtocols(draft.group, request.protocolType, request.protocols);
  if (!hasRoomFor(draft, request.memberId)) turnAway(draft, command);
  else if (!supports()) refuse(draft, command, "INCONSISTENT_GROUP_PROTOCOL");
  else if (request.memberId === "") joinUnknown(draft, command);
  else if (draft.group.pendingMembers.has(request.memberId) && request.groupInstanceId === null) enter(draft, command, request.memberId);
  else rejoin(draft, command);
}

function refuse(draft: Draft, { ticket, caller, request }: JoinGroupCommand, error: ErrorName): void {
  answer(draft, ticket, joinRefused(caller.version, request.memberId, error));
}

/** In the join phase only those count that have joined: the last ones to come again are out when a group has become too large. */
function hasRoomFor({ group, world }: Draft, memberId: string): boolean {
  const most = world.config.groupMaxSize;
  const member = group.members.get(memberId);
  if (group.phase === "Empty") return true;
  if (group.phase === "PreparingRebalance") return member?.joining !== undefined || group.joiningCount < most;
  return member !== undefined || group.members.size < most;
}

function turnAway(draft: Draft, { ticket, caller, request }: JoinGroupCommand): void {
  const member = draft.group.members.get(request.memberId);
  if (member) dropMember(draft, member, "GROUP_MAX_SIZE_REACHED");
  else if (draft.group.pendingMembers.has(request.memberId)) {
    draft.group = withoutMember(draft.group, request.memberId);
    draft.timers.push(noSessionTimer(draft.group, request.memberId));
  }
  answer(draft, ticket, joinRefused(caller.version, "", "GROUP_MAX_SIZE_REACHED"));
  endJoinPhaseIfAllJoined(draft);
}

function joinUnknown(draft: Draft, command: JoinGroupCommand): void {
  const { request, caller } = command;
  const instanceId = request.groupInstanceId;
  const memberId = `${instanceId ?? caller.clientId}-${draft.world.newId()}`;
  const former = instanceId === null ? undefined : draft.group.staticMembers.get(instanceId);
  if (former !== undefined) returnOfStatic(draft, command, former, memberId);
  else if (instanceId === null && caller.version >= MEMBER_ID_REQUIRED_SINCE) giveMemberId(draft, command, memberId);
  else enter(draft, command, memberId);
}

function giveMemberId(draft: Draft, { ticket, caller, request }: JoinGroupCommand, memberId: string): void {
  draft.group = { ...draft.group, pendingMembers: draft.group.pendingMembers.with(memberId, true) };
  draft.timers.push(pendingMemberTimer(draft.group, memberId, request.sessionTimeoutMs));
  answer(draft, ticket, joinRefused(caller.version, memberId, "MEMBER_ID_REQUIRED"));
}

/** A new member. */
function enter(draft: Draft, command: JoinGroupCommand, memberId: string): void {
  const { request } = command;
  const { group } = draft;
  const member: ClassicMember = {
    ...saidOfItself(command),
    memberId,
    instanceId: request.groupInstanceId,
    assignment: new Uint8Array(),
    syncing: undefined,
    isNew: true,
    owesSync: false,
  };
  if (group.members.size === 0) draft.group = { ...group, protocolType: request.protocolType };
  if (group.initialDelay) draft.group = { ...draft.group, initialDelay: { ...group.initialDelay, extended: true } };
  putMember(draft, member);
  draft.timers.push(sessionTimer(draft.group, member, NEW_MEMBER_JOIN_TIMEOUT_MS));
  rebalance(draft);
}

/** A member joins again. It need not wait when nothing changes by it; a leader that comes again wants a rebalance. */
function rejoin(draft: Draft, command: JoinGroupCommand): void {
  const { request, ticket } = command;
  const { group } = draft;
  const member = group.members.get(request.memberId);
  const wrong = wrongIdentity(group, request.memberId, request.groupInstanceId);
  if (wrong || !member) {
    refuse(draft, command, wrong ?? "UNKNOWN_MEMBER_ID");
    return;
  }
  const leadsStable = group.phase === "Stable" && group.leader === member.memberId;
  if (group.phase !== "PreparingRebalance" && !leadsStable && sameProtocols(member.protocols, request.protocols)) {
    answer(draft, ticket, joined(group, member.memberId));
    return;
  }
  // its client has given up the former request
  if (member.joining) answer(draft, member.joining.ticket, joinRefused(member.joining.version, member.memberId, "REBALANCE_IN_PROGRESS"));
  putMember(draft, { ...member, ...saidOfItself(command), clientId: member.clientId, clientHost: member.clientHost });
  rebalance(draft);
}
