// Only members of the classic protocol are left: the group becomes a classic group (KIP-848, live migration). Its members stay, with the
// group epoch as generation and their targets as assignment, and join again when there is something to assign.

import type { Assignment } from "../assignors/assignor.js";
import { decided, draftOf } from "../classic/draft.js";
import { type ClassicGroup, type ClassicMember, groupOf } from "../classic/group.js";
import { CONSUMER_PROTOCOL_TYPE, metadataFor, selectProtocol, subscribedTopicsOf } from "../classic/protocols.js";
import { prepareRebalance } from "../classic/rebalance.js";
import { sessionTimer } from "../classic/timers.js";
import type { MigrationPolicy } from "../config.js";
import type { Draft } from "../consumer/draft.js";
import type { ConsumerGroup } from "../consumer/group.js";
import type { ConsumerMember } from "../consumer/member.js";
import { removal } from "../consumer/removal.js";
import { NO_TARGET } from "../consumer/target.js";
import { noTimers } from "../consumer/timers.js";
import type { World } from "../world.js";
import { writeAssignment } from "./embedded-protocol.js";

const DOWNGRADING: readonly MigrationPolicy[] = ["downgrade", "bidirectional"];

/** Whether the group becomes a classic one when these members go, and `coming`, of the classic protocol, comes. */
export function canDowngrade(group: ConsumerGroup, leaving: readonly ConsumerMember[], world: World, coming = 0): boolean {
  const { index, members } = group;
  const staying = members.size - leaving.length;
  if (index.classicMembers !== staying || leaving.some(({ metadata }) => metadata.classic)) return false;
  const { groupConsumerMigrationPolicy, groupMaxSize } = world.config;
  return staying + coming > 0 && staying + coming <= groupMaxSize && DOWNGRADING.includes(groupConsumerMigrationPolicy);
}

export interface Coming {
  readonly member: ConsumerMember;
  readonly target: Assignment;
  /** What it changes asks for a new assignment. */
  readonly rebalances: boolean;
}

/** Takes the place of what has been decided so far. */
export function downgrade(draft: Draft, leaving: readonly ConsumerMember[], world: World, coming?: Coming): void {
  const { group, events, replies, timers } = draft;
  const gone = new Set(leaving.map(({ memberId }) => memberId));
  const staying = [...group.members.values()].filter(({ memberId }) => !gone.has(memberId) && memberId !== coming?.member.memberId);
  const targets = staying.map((member) => ({ member, target: group.targets.get(member.memberId) ?? NO_TARGET }));
  const classic = classicGroup(group, coming ? [...targets, coming] : targets, world);
  events.length = 0;
  events.push(...removal(group), { kind: "classicGroup", groupId: group.groupId, group: classic, durable: true });
  for (const memberId of group.members.keys()) timers.push(...noTimers(group.groupId, memberId));
  for (const member of classic.members.values()) timers.push(sessionTimer(classic, member));
  if (coming && !coming.rebalances) return;
  const next = draftOf(classic, world);
  prepareRebalance(next);
  const rebalancing = decided(next);
  events.push(...rebalancing.events);
  replies.push(...rebalancing.replies);
  timers.push(...rebalancing.timers);
}

function classicGroup(
  { groupId, groupEpoch }: ConsumerGroup,
  members: readonly Pick<Coming, "member" | "target">[],
  world: World,
): ClassicGroup {
  const head = { groupId, phase: "Stable", generation: groupEpoch, protocolType: CONSUMER_PROTOCOL_TYPE, phaseSinceMs: world.now } as const;
  const plain = members.map(({ member }) => classicMember(member));
  const leader = plain[0]?.memberId ?? null;
  const protocolName = selectProtocol(groupOf({ ...head, protocolName: null, leader }, plain));
  const assigned = plain.map((member, index) => ({
    ...member,
    assignment: writeAssignment(members[index]?.target ?? NO_TARGET, metadataFor(member, protocolName), world.topics),
  }));
  const group = groupOf({ ...head, protocolName, leader }, assigned);
  return { ...group, subscribedTopics: subscribedTopicsOf(group) };
}

function classicMember({ memberId, metadata }: ConsumerMember): ClassicMember {
  const { instanceId, clientId, clientHost, rebalanceTimeoutMs, classic } = metadata;
  return {
    memberId,
    instanceId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    sessionTimeoutMs: classic?.sessionTimeoutMs ?? rebalanceTimeoutMs,
    protocols: classic?.supportedProtocols ?? [],
    assignment: new Uint8Array(),
    joining: undefined,
    syncing: undefined,
    isNew: false,
    owesSync: false,
  };
}
