// Classic groups as records of __consumer_offsets: the whole group in one value. Of each member's protocols only the chosen one is kept,
// which is all that a generation needs.
import { decodeVersioned, encodeVersioned, GroupMetadataKey, GroupMetadataValue } from "@moldau/protocol";
import type { EncodedEvent } from "../../runtime/machine.js";
import type { ClassicEvent } from "./events.js";
import { type ClassicGroup, type ClassicMember, groupOf } from "./group.js";
import { metadataFor, subscribedTopicsOf } from "./protocols.js";

/** What Kafka 4.3 writes. The newer one is for readers of the future. */
const WRITTEN_VERSION = 3;
const UNKNOWN_TIME = -1;
const UNKNOWN_TIMEOUT = -1;

/** Undefined for what only memory keeps. */
export function encodeClassic({ groupId, group, durable }: ClassicEvent): EncodedEvent | undefined {
  if (!durable) return undefined;
  const key = encodeVersioned(GroupMetadataKey, GroupMetadataKey.versions.max, { group: groupId });
  return { key, value: group ? encodeGroup(group) : null };
}

function encodeGroup(group: ClassicGroup): Uint8Array {
  return encodeVersioned(GroupMetadataValue, WRITTEN_VERSION, {
    protocolType: group.protocolType ?? "",
    generation: group.generation,
    protocol: group.protocolName,
    leader: group.leader,
    currentStateTimestamp: group.phaseSinceMs ?? UNKNOWN_TIME,
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription: metadataFor(member, group.protocolName),
      assignment: member.assignment,
    })),
  });
}

/** Undefined for the key of another kind of record. Throws ProtocolError. */
export function decodeClassic(recordType: number, key: Uint8Array, value: Uint8Array | null): ClassicEvent | undefined {
  if (recordType !== GroupMetadataKey.recordType) return undefined;
  const groupId = decodeVersioned(GroupMetadataKey, key).value.group;
  return { kind: "classicGroup", groupId, group: value ? decodeGroup(groupId, value) : undefined, durable: true };
}

function decodeGroup(groupId: string, bytes: Uint8Array): ClassicGroup {
  const { value } = decodeVersioned(GroupMetadataValue, bytes);
  const since = value.currentStateTimestamp;
  const members = value.members.map(
    (member): ClassicMember => ({
      memberId: member.memberId,
      instanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      sessionTimeoutMs: member.sessionTimeout,
      rebalanceTimeoutMs: member.rebalanceTimeout === UNKNOWN_TIMEOUT ? member.sessionTimeout : member.rebalanceTimeout,
      protocols: [{ name: value.protocol ?? "", metadata: new Uint8Array(member.subscription) }],
      assignment: new Uint8Array(member.assignment),
      joining: undefined,
      syncing: undefined,
      isNew: false,
      owesSync: false,
    }),
  );
  const head = {
    groupId,
    phase: members.length === 0 ? ("Empty" as const) : ("Stable" as const),
    generation: value.generation,
    protocolType: value.protocolType === "" ? null : value.protocolType,
    protocolName: value.protocol,
    leader: value.leader,
    phaseSinceMs: since === UNKNOWN_TIME ? undefined : since,
  };
  const group = groupOf(head, members);
  return { ...group, subscribedTopics: subscribedTopicsOf(group) };
}
