// Who a heartbeat comes from: a member that is there, a new one, or a static member that takes the place of its former self (KIP-345).
import type { Draft } from "./draft.js";
import { type ConsumerGroup, staticMember } from "./group.js";
import { AWAY_EPOCH, type Claims, type ConsumerMember, JOINING_EPOCH, newMember } from "./member.js";
import { holdsAll } from "./owned-partitions.js";
import { type Refusal, refusal } from "./refusal.js";
import { NO_TARGET } from "./target.js";
import { noTimers } from "./timers.js";

export interface Identity {
  readonly memberId: string;
  readonly instanceId: string | null;
}

export interface Found {
  readonly member: ConsumerMember;
  /** The former self of a static member; `member` has its metadata and partitions. */
  readonly replaced: ConsumerMember | undefined;
}

/** The member that a heartbeat of the consumer protocol comes from. A replacement is put into the draft. */
export function findMember(draft: Draft, identity: Identity, epoch: number, claims: Claims): Found | Refusal {
  const { group } = draft;
  if (identity.instanceId === null) return findDynamic(group, identity.memberId, epoch, claims);
  const present = staticMember(group, identity.instanceId);
  if (epoch === JOINING_EPOCH) {
    if (!present) return { member: group.members.get(identity.memberId) ?? newMember(identity.memberId), replaced: undefined };
    if (!present.metadata.classic && present.current.memberEpoch !== AWAY_EPOCH) return unreleased(identity, present);
    return { member: replace(draft, present, identity.memberId), replaced: present };
  }
  const owner = ownerOf(group, identity);
  if ("refused" in owner) return owner;
  return brokenEpoch(owner, epoch, claims) ?? { member: owner, replaced: undefined };
}

function findDynamic(group: ConsumerGroup, memberId: string, epoch: number, claims: Claims): Found | Refusal {
  const member = group.members.get(memberId) ?? (epoch === JOINING_EPOCH ? newMember(memberId) : undefined);
  if (!member) return unknownMember(group, memberId);
  return brokenEpoch(member, epoch, claims) ?? { member, replaced: undefined };
}

/** The member with this instance id, if it has this member id too. */
export function ownerOf(group: ConsumerGroup, { memberId, instanceId }: Identity): ConsumerMember | Refusal {
  const present = instanceId === null ? group.members.get(memberId) : staticMember(group, instanceId);
  if (!present)
    return instanceId === null
      ? unknownMember(group, memberId)
      : refusal("UNKNOWN_MEMBER_ID", `The group has no member with instance id ${instanceId}.`);
  if (present.memberId === memberId) return present;
  return refusal("FENCED_INSTANCE_ID", `Instance id ${instanceId} belongs to member ${present.memberId} by now, not to ${memberId}.`);
}

/** The new self has everything of the old one but its id and epochs. */
export function replace({ group, events, timers }: Draft, old: ConsumerMember, memberId: string): ConsumerMember {
  const { groupId } = group;
  const member = { ...old, memberId, current: { ...old.current, memberEpoch: 0, previousMemberEpoch: 0 } };
  events.push(
    { kind: "consumerCurrent", groupId, memberId: old.memberId, value: undefined },
    { kind: "consumerTarget", groupId, memberId: old.memberId, value: undefined },
    { kind: "consumerMember", groupId, memberId: old.memberId, value: undefined },
    { kind: "consumerMember", groupId, memberId, value: member.metadata },
    { kind: "consumerTarget", groupId, memberId, value: group.targets.get(old.memberId) ?? NO_TARGET },
    { kind: "consumerCurrent", groupId, memberId, value: member.current },
  );
  if (memberId !== old.memberId) timers.push(...noTimers(groupId, old.memberId));
  return member;
}

function brokenEpoch({ current }: ConsumerMember, epoch: number, claims: Claims): Refusal | undefined {
  if (epoch === JOINING_EPOCH || epoch === current.memberEpoch) return undefined;
  const { memberEpoch, previousMemberEpoch, assigned } = current;
  // The answer with the newer epoch may have been lost: the member is let go on if it has nothing that it should not have.
  if (epoch < memberEpoch && epoch === previousMemberEpoch && claims && holdsAll(claims, assigned)) return undefined;
  const side = epoch > memberEpoch ? "newer" : "older";
  return refusal(
    "FENCED_MEMBER_EPOCH",
    `Epoch ${epoch} is ${side} than the member's, ${memberEpoch}: give up all partitions and join again.`,
  );
}

export const unknownMember = ({ groupId }: ConsumerGroup, memberId: string): Refusal =>
  refusal("UNKNOWN_MEMBER_ID", `Group ${groupId} has no member ${memberId}.`);

const unreleased = ({ memberId, instanceId }: Identity, present: ConsumerMember): Refusal =>
  refusal("UNRELEASED_INSTANCE_ID", `Member ${memberId} cannot have instance id ${instanceId}: member ${present.memberId} still uses it.`);
