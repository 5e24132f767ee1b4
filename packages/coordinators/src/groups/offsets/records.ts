// Committed offsets as records of __consumer_offsets. Values are written as Kafka 4.3 does: version 4, or 1 for a commit that says when it
// expires, which has no room for the leader epoch and the topic id.
import { decodeVersioned, encodeVersioned, LegacyOffsetCommitKey, OffsetCommitKey, OffsetCommitValue } from "@moldau/protocol";
import { topicId, ZERO_UUID } from "@moldau/std";
import type { EncodedEvent, TransactionalProducer } from "../../runtime/machine.js";
import type { OffsetEvent } from "./events.js";
import type { CommittedOffset } from "./offsets.js";

const VALUE_VERSION = 4;
const EXPIRING_VALUE_VERSION = 1;

export function encodeOffset({ groupId, topic, partition, committed, producer }: OffsetEvent): EncodedEvent {
  const key = encodeVersioned(OffsetCommitKey, 0, { group: groupId, topic, partition });
  const record = { key, value: committed ? encodeCommitted(committed) : null };
  return producer ? { ...record, producer } : record;
}

function encodeCommitted({ offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId }: CommittedOffset): Uint8Array {
  const common = { offset, leaderEpoch, metadata, commitTimestamp: commitTimestampMs };
  return expireTimestampMs === undefined
    ? encodeVersioned(OffsetCommitValue, VALUE_VERSION, { ...common, topicId: topicId ?? ZERO_UUID })
    : encodeVersioned(OffsetCommitValue, EXPIRING_VALUE_VERSION, { ...common, expireTimestamp: expireTimestampMs });
}

/** Undefined for the key of another kind of record. */
export function decodeOffset(
  recordType: number,
  key: Uint8Array,
  value: Uint8Array | null,
  producer?: TransactionalProducer,
): OffsetEvent | undefined {
  const kind = keyOf(recordType);
  if (!kind) return undefined;
  const { group, topic, partition } = decodeVersioned(kind, key).value;
  const committed = value ? decodeCommitted(value) : undefined;
  const event = { kind: "offset" as const, groupId: group, topic: shared(topic), partition, committed };
  return producer ? { ...event, producer } : event;
}

const keyOf = (recordType: number): typeof OffsetCommitKey | typeof LegacyOffsetCommitKey | undefined => {
  if (recordType === OffsetCommitKey.recordType) return OffsetCommitKey;
  return recordType === LegacyOffsetCommitKey.recordType ? LegacyOffsetCommitKey : undefined;
};

function decodeCommitted(bytes: Uint8Array): CommittedOffset {
  const { version, value } = decodeVersioned(OffsetCommitValue, bytes);
  const expires = version === EXPIRING_VALUE_VERSION && value.expireTimestamp !== -1;
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: value.commitTimestamp,
    expireTimestampMs: expires ? value.expireTimestamp : undefined,
    topicId: value.topicId === ZERO_UUID ? undefined : topicId(shared(value.topicId)),
  };
}

// Records repeat the names and ids of a few topics a million times: what was decoded lately is the same string again.
const MOST_NAMES = 20_000;
const names = new Map<string, string>();

function shared(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size >= MOST_NAMES) names.clear();
  names.set(name, name);
  return name;
}
