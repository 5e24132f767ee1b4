// Records of Kafka's internal topics, decoded: committed offsets and groups, transactions, share groups.
import * as protocol from "@moldau/protocol";
import { decodeVersioned, type Message, ProtocolError, versionedPrefix } from "@moldau/protocol";
import type { Record as LogRecord } from "@moldau/records";

export interface InternalRecord {
  /** The kind of record, e.g. "OffsetCommit". */
  readonly kind: string;
  readonly key: unknown;
  /** Null: the key is deleted. */
  readonly value: unknown;
}

interface Kind {
  readonly name: string;
  readonly key: Message;
  readonly value: Message;
}

const kind = (name: string, key: Message, value: Message): Kind => ({ name, key, value });

const CONSUMER_OFFSETS: readonly Kind[] = [
  kind("OffsetCommit", protocol.LegacyOffsetCommitKey, protocol.OffsetCommitValue),
  kind("OffsetCommit", protocol.OffsetCommitKey, protocol.OffsetCommitValue),
  kind("GroupMetadata", protocol.GroupMetadataKey, protocol.GroupMetadataValue),
  kind("ConsumerGroupMetadata", protocol.ConsumerGroupMetadataKey, protocol.ConsumerGroupMetadataValue),
  kind("ConsumerGroupPartitionMetadata", protocol.ConsumerGroupPartitionMetadataKey, protocol.ConsumerGroupPartitionMetadataValue),
  kind("ConsumerGroupMemberMetadata", protocol.ConsumerGroupMemberMetadataKey, protocol.ConsumerGroupMemberMetadataValue),
  kind("ConsumerGroupRegularExpression", protocol.ConsumerGroupRegularExpressionKey, protocol.ConsumerGroupRegularExpressionValue),
  kind(
    "ConsumerGroupTargetAssignmentMetadata",
    protocol.ConsumerGroupTargetAssignmentMetadataKey,
    protocol.ConsumerGroupTargetAssignmentMetadataValue,
  ),
  kind(
    "ConsumerGroupTargetAssignmentMember",
    protocol.ConsumerGroupTargetAssignmentMemberKey,
    protocol.ConsumerGroupTargetAssignmentMemberValue,
  ),
  kind(
    "ConsumerGroupCurrentMemberAssignment",
    protocol.ConsumerGroupCurrentMemberAssignmentKey,
    protocol.ConsumerGroupCurrentMemberAssignmentValue,
  ),
  kind("ShareGroupMetadata", protocol.ShareGroupMetadataKey, protocol.ShareGroupMetadataValue),
  kind("ShareGroupMemberMetadata", protocol.ShareGroupMemberMetadataKey, protocol.ShareGroupMemberMetadataValue),
  kind(
    "ShareGroupTargetAssignmentMetadata",
    protocol.ShareGroupTargetAssignmentMetadataKey,
    protocol.ShareGroupTargetAssignmentMetadataValue,
  ),
  kind("ShareGroupTargetAssignmentMember", protocol.ShareGroupTargetAssignmentMemberKey, protocol.ShareGroupTargetAssignmentMemberValue),
  kind("ShareGroupCurrentMemberAssignment", protocol.ShareGroupCurrentMemberAssignmentKey, protocol.ShareGroupCurrentMemberAssignmentValue),
  kind("ShareGroupStatePartitionMetadata", protocol.ShareGroupStatePartitionMetadataKey, protocol.ShareGroupStatePartitionMetadataValue),
  kind("StreamsGroupMetadata", protocol.StreamsGroupMetadataKey, protocol.StreamsGroupMetadataValue),
  kind("StreamsGroupMemberMetadata", protocol.StreamsGroupMemberMetadataKey, protocol.StreamsGroupMemberMetadataValue),
  kind("StreamsGroupTopology", protocol.StreamsGroupTopologyKey, protocol.StreamsGroupTopologyValue),
  kind(
    "StreamsGroupTargetAssignmentMetadata",
    protocol.StreamsGroupTargetAssignmentMetadataKey,
    protocol.StreamsGroupTargetAssignmentMetadataValue,
  ),
  kind(
    "StreamsGroupTargetAssignmentMember",
    protocol.StreamsGroupTargetAssignmentMemberKey,
    protocol.StreamsGroupTargetAssignmentMemberValue,
  ),
  kind(
    "StreamsGroupCurrentMemberAssignment",
    protocol.StreamsGroupCurrentMemberAssignmentKey,
    protocol.StreamsGroupCurrentMemberAssignmentValue,
  ),
];

const KINDS: ReadonlyMap<string, readonly Kind[]> = new Map([
  ["__consumer_offsets", CONSUMER_OFFSETS],
  ["__transaction_state", [kind("Transaction", protocol.TransactionLogKey, protocol.TransactionLogValue)]],
  [
    "__share_group_state",
    [
      kind("ShareSnapshot", protocol.ShareSnapshotKey, protocol.ShareSnapshotValue),
      kind("ShareUpdate", protocol.ShareUpdateKey, protocol.ShareUpdateValue),
    ],
  ],
]);

/** Undefined for records of other topics, and for what is none of the kinds that are known. */
export function decodeInternal(topic: string, { key, value }: Pick<LogRecord, "key" | "value">): InternalRecord | undefined {
  const kinds = KINDS.get(topic);
  if (!kinds || key === null) return undefined;
  try {
    const prefix = versionedPrefix(key);
    const found = kinds.find((one) => one.key.recordType === prefix);
    if (!found) return undefined;
    const decoded = value === null ? null : readable(found.name, decodeVersioned(found.value, value).value);
    return { kind: found.name, key: decodeVersioned(found.key, key).value, value: decoded };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Kafka's numbers of the states of a transaction. */
const STATUSES = [
  "Empty",
  "Ongoing",
  "PrepareCommit",
  "PrepareAbort",
  "CompleteCommit",
  "CompleteAbort",
  "Dead",
  "PrepareEpochFence",
] as const;

/** Numbers that stand for names, and bytes that stand for messages, as what they stand for. */
function readable(name: string, value: unknown): unknown {
  if (name === "Transaction" && hasField(value, "transactionStatus")) {
    return { ...value, transactionStatus: STATUSES[Number(value.transactionStatus)] ?? value.transactionStatus };
  }
  if (
    name === "GroupMetadata" &&
    hasField(value, "members") &&
    hasField(value, "protocolType") &&
    value.protocolType === "consumer" &&
    Array.isArray(value.members)
  ) {
    return { ...value, members: value.members.map(readableMember) };
  }
  return value;
}

const hasField = <Name extends string>(value: unknown, name: Name): value is Readonly<Record<Name, unknown>> =>
  typeof value === "object" && value !== null && name in value;

function readableMember(member: unknown): unknown {
  if (!hasField(member, "subscription") || !hasField(member, "assignment")) return member;
  return {
    ...member,
    subscription: decodedOr(protocol.ConsumerProtocolSubscription, member.subscription),
    assignment: decodedOr(protocol.ConsumerProtocolAssignment, member.assignment),
  };
}

function decodedOr(message: Message, bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return bytes;
  try {
    return decodeVersioned(message, bytes).value;
  } catch (error) {
    if (error instanceof ProtocolError) return bytes;
    throw error;
  }
}
