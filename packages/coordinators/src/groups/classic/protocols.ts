// Protocols of a classic group: each member names those it supports, and the group uses one that all of them do.
import { ConsumerProtocolSubscription, decodeVersioned, ProtocolError } from "@moldau/protocol";
import type { ClassicGroup, ClassicMember, MemberProtocol } from "./group.js";

/** The protocol type of consumers, whose metadata the coordinator can read. */
export const CONSUMER_PROTOCOL_TYPE = "consumer";

/** A request's protocols in bytes of their own: the request's are its connection's. Of a name that comes twice the first counts. */
export function ownProtocols(protocols: readonly MemberProtocol[]): readonly MemberProtocol[] {
  const byName = new Map<string, MemberProtocol>();
  for (const { name, metadata } of protocols) if (!byName.has(name)) byName.set(name, { name, metadata: new Uint8Array(metadata) });
  return [...byName.values()];
}

/** Whether a member with these protocols may enter: all members must go on having one in common. */
export function supportsProtocols(group: ClassicGroup, protocolType: string, protocols: readonly MemberProtocol[]): boolean {
  if (group.phase === "Empty") return protocolType !== "" && protocols.length > 0;
  const supportedByAll = ({ name }: MemberProtocol) => (group.supporters.get(name) ?? 0) === group.members.size;
  return group.protocolType === protocolType && protocols.some(supportedByAll);
}

/** The protocol with the most votes: each member votes for the first of its own that all support. The group has members. */
export function selectProtocol(group: ClassicGroup): string | null {
  const votes = new Map<string, number>();
  for (const { protocols } of group.members.values()) {
    const vote = protocols.find(({ name }) => group.supporters.get(name) === group.members.size);
    if (vote) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1);
  }
  let chosen: string | null = null;
  for (const [name, count] of votes) if (chosen === null || count > (votes.get(chosen) ?? 0)) chosen = name;
  return chosen;
}

const NO_BYTES = new Uint8Array();

/** What a member says when a protocol is used; empty bytes when it does not support it. */
export const metadataFor = (member: ClassicMember, protocolName: string | null): Uint8Array =>
  member.protocols.find(({ name }) => name === protocolName)?.metadata ?? NO_BYTES;

export function sameProtocols(one: readonly MemberProtocol[], other: readonly MemberProtocol[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ name, metadata }, index) => {
      const counterpart = other[index];
      return counterpart !== undefined && counterpart.name === name && Buffer.compare(counterpart.metadata, metadata) === 0;
    })
  );
}

/** The topics of all members; undefined when they are no consumers, have no protocol yet, or speak of topics in a way of their own. */
export function subscribedTopicsOf(group: ClassicGroup): ReadonlySet<string> | undefined {
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) return undefined;
  const topics = new Set<string>();
  if (group.members.size === 0) return topics;
  if (group.protocolName === null) return undefined;
  for (const member of group.members.values()) {
    const subscribed = topicsIn(metadataFor(member, group.protocolName));
    if (!subscribed) return undefined;
    for (const topic of subscribed) topics.add(topic);
  }
  return topics;
}

/** Every version of the subscription begins as version 0 does, so that it can be read as such whatever version it says. */
function topicsIn(metadata: Uint8Array): readonly string[] | undefined {
  const asFirstVersion = new Uint8Array(metadata).fill(0, 0, 2);
  try {
    return decodeVersioned(ConsumerProtocolSubscription, asFirstVersion).value.topics;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
