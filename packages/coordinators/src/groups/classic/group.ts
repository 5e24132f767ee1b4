// A classic group: who is in it and where its rebalance stands. A value: every change makes a new one, at a cost that does not grow with
// the number of members. The counts beside the members say what a decision would otherwise have to go through all members for.
//
// Invariant: members change through withMember() and withoutMember() alone, which keep the counts.
import type { JoinGroup, ResponseInput, SyncGroup } from "@moldau/protocol";
import type { Ticket } from "../../runtime/machine.js";
import { type PersistentMap, persistentMap } from "./persistent-map.js";

/** A group that is gone has no value; Kafka calls that Dead. */
export type ClassicGroupPhase = "Empty" | "PreparingRebalance" | "CompletingRebalance" | "Stable";

/** A protocol that a member supports, and what it says to the leader when it is chosen. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

/** A JoinGroup that waits for the end of the join phase. */
export interface WaitingJoin {
  readonly ticket: Ticket<ResponseInput<typeof JoinGroup>>;
  readonly version: number;
}

export interface ClassicMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** In the member's order of preference, each name once. */
  readonly protocols: readonly MemberProtocol[];
  readonly assignment: Uint8Array;
  readonly joining: WaitingJoin | undefined;
  readonly syncing: Ticket<ResponseInput<typeof SyncGroup>> | undefined;
  /** It has not been in a generation yet: its wait in the join phase has a limit. */
  readonly isNew: boolean;
  /** It was told of the generation, and has not synced since. */
  readonly owesSync: boolean;
}

/** The first join phase after a group was empty: it waits for members to come, and longer while they do. */
export interface InitialDelay {
  readonly delayMs: number;
  readonly remainingMs: number;
  /** Somebody came since the delay began. */
  readonly extended: boolean;
}

export interface ClassicGroup {
  readonly kind: "classic";
  readonly groupId: string;
  readonly phase: ClassicGroupPhase;
  readonly generation: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string | null;
  /** By member id. */
  readonly members: PersistentMap<string, ClassicMember>;
  /** Member ids given out and not used yet. */
  readonly pendingMembers: PersistentMap<string, true>;
  /** Member ids by instance id. */
  readonly staticMembers: PersistentMap<string, string>;
  /** How many members support a protocol. */
  readonly supporters: PersistentMap<string, number>;
  readonly joiningCount: number;
  readonly owingSyncCount: number;
  /** Only in the phase PreparingRebalance that follows on Empty. */
  readonly initialDelay: InitialDelay | undefined;
  /** What the members of this generation subscribe to; undefined when that is not known. */
  readonly subscribedTopics: ReadonlySet<string> | undefined;
  /** Since when it is in this phase; undefined when unknown. */
  readonly phaseSinceMs: number | undefined;
}

/** A group that nobody ever joined: offsets were committed under its name. */
export const simpleGroup = (groupId: string): ClassicGroup => ({
  kind: "classic",
  groupId,
  phase: "Empty",
  generation: 0,
  protocolType: null,
  protocolName: null,
  leader: null,
  members: persistentMap(),
  pendingMembers: persistentMap(),
  staticMembers: persistentMap(),
  supporters: persistentMap(),
  joiningCount: 0,
  owingSyncCount: 0,
  initialDelay: undefined,
  subscribedTopics: undefined,
  phaseSinceMs: undefined,
});

/** With a member added, or replaced by its new value. The first member leads. */
export function withMember(group: ClassicGroup, member: ClassicMember): ClassicGroup {
  const { memberId, instanceId } = member;
  const before = group.members.get(memberId);
  const sameProtocols = before?.protocols === member.protocols;
  return {
    ...group,
    leader: group.leader ?? memberId,
    members: group.members.with(memberId, member),
    pendingMembers: group.pendingMembers.without(memberId),
    staticMembers: instanceId === null || before ? group.staticMembers : group.staticMembers.with(instanceId, memberId),
    supporters: sameProtocols ? group.supporters : counted(counted(group.supporters, before, -1), member, 1),
    joiningCount: group.joiningCount + Number(member.joining !== undefined) - Number(before?.joining !== undefined),
    owingSyncCount: group.owingSyncCount + Number(member.owesSync) - Number(before?.owesSync ?? false),
  };
}

/** Without a member, or an id that was only given out. When the leader goes, another member leads. */
export function withoutMember(group: ClassicGroup, memberId: string): ClassicGroup {
  const member = group.members.get(memberId);
  const pendingMembers = group.pendingMembers.without(memberId);
  if (!member) return { ...group, pendingMembers };
  const { instanceId } = member;
  const members = group.members.without(memberId);
  return {
    ...group,
    pendingMembers,
    members,
    leader: group.leader === memberId ? (members.firstKey() ?? null) : group.leader,
    staticMembers: instanceId === null ? group.staticMembers : group.staticMembers.without(instanceId),
    supporters: counted(group.supporters, member, -1),
    joiningCount: group.joiningCount - Number(member.joining !== undefined),
    owingSyncCount: group.owingSyncCount - Number(member.owesSync),
  };
}

function counted(supporters: PersistentMap<string, number>, member: ClassicMember | undefined, by: 1 | -1): PersistentMap<string, number> {
  let result = supporters;
  for (const { name } of member?.protocols ?? []) {
    const count = (result.get(name) ?? 0) + by;
    result = count === 0 ? result.without(name) : result.with(name, count);
  }
  return result;
}

/** A group of these members, in any phase. What the members say must fit together: see protocols.ts. */
export const groupOf = (
  head: Pick<ClassicGroup, "groupId" | "phase" | "generation" | "protocolType" | "protocolName" | "leader" | "phaseSinceMs">,
  members: Iterable<ClassicMember>,
): ClassicGroup => {
  let group: ClassicGroup = { ...simpleGroup(head.groupId), ...head };
  for (const member of members) group = withMember(group, member);
  return { ...group, leader: head.leader };
};

/** Nobody is awaited any more in the join phase. */
export const allJoined = (group: ClassicGroup): boolean => group.joiningCount === group.members.size && group.pendingMembers.size === 0;

/** The longest that a member wants to be waited for; 0 without members. */
export function rebalanceTimeoutMs(group: ClassicGroup): number {
  let longest = 0;
  for (const member of group.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs);
  return longest;
}
