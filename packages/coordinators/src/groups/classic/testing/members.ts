// Groups and members for tests that need not play how they came to be.
import { ConsumerProtocolSubscription, encodeVersioned } from "@moldau/protocol";
import { type ClassicGroup, type ClassicMember, groupOf } from "../group.js";
import { subscribedTopicsOf } from "../protocols.js";

const NO_BYTES = new Uint8Array();

export const subscriptionTo = (...topics: readonly string[]): Uint8Array =>
  encodeVersioned(ConsumerProtocolSubscription, 3, { topics, userData: null, ownedPartitions: [], generationId: -1, rackId: null });

export const member = (memberId: string, change: Partial<ClassicMember> = {}): ClassicMember => ({
  memberId,
  instanceId: null,
  clientId: "client",
  clientHost: "/127.0.0.1",
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  protocols: [{ name: "range", metadata: subscriptionTo("orders") }],
  assignment: NO_BYTES,
  joining: undefined,
  syncing: undefined,
  isNew: false,
  owesSync: false,
  ...change,
});

/** A group of consumers at generation 3, in range. */
export function consumersGroup(change: Partial<ClassicGroup>, ...members: readonly ClassicMember[]): ClassicGroup {
  const head = { groupId: "g", phase: "Stable", generation: 3, protocolType: "consumer", protocolName: "range", phaseSinceMs: 7 } as const;
  const group = { ...groupOf({ ...head, leader: members[0]?.memberId ?? null }, members), ...change };
  return { ...group, subscribedTopics: subscribedTopicsOf(group) };
}
