// Consumer groups as records of __consumer_offsets, in the versions that Kafka 4.3 writes.
import {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
  decodeVersioned,
  encodeVersioned,
} from "@moldau/protocol";
import type { EncodedEvent } from "../../runtime/machine.js";
import type { ConsumerEvent } from "./events.js";
import { decodeCurrent, decodeMetadata, decodeTarget, encodeCurrent, encodeMetadata, encodeTarget } from "./record-values.js";

const VERSION = 0;

export function encodeConsumer(event: ConsumerEvent): EncodedEvent | undefined {
  if (event.kind === "consumerTopicsSeen" || event.kind === "consumerJoinAwaited") return undefined;
  if (event.kind === "consumerRegex" && !event.durable) return undefined;
  return { key: encodeKey(event), value: event.value === undefined ? null : encodeValue(event) };
}

type Kept = Exclude<ConsumerEvent, { readonly kind: "consumerTopicsSeen" | "consumerJoinAwaited" }>;

function encodeKey(event: Kept): Uint8Array {
  const { groupId } = event;
  switch (event.kind) {
    case "consumerGroup":
      return encodeVersioned(ConsumerGroupMetadataKey, VERSION, { groupId });
    case "consumerPartitionMetadata":
      return encodeVersioned(ConsumerGroupPartitionMetadataKey, VERSION, { groupId });
    case "consumerMember":
      return encodeVersioned(ConsumerGroupMemberMetadataKey, VERSION, { groupId, memberId: event.memberId });
    case "consumerTargets":
      return encodeVersioned(ConsumerGroupTargetAssignmentMetadataKey, VERSION, { groupId });
    case "consumerTarget":
      return encodeVersioned(ConsumerGroupTargetAssignmentMemberKey, VERSION, { groupId, memberId: event.memberId });
    case "consumerCurrent":
      return encodeVersioned(ConsumerGroupCurrentMemberAssignmentKey, VERSION, { groupId, memberId: event.memberId });
    case "consumerRegex":
      return encodeVersioned(ConsumerGroupRegularExpressionKey, VERSION, { groupId, regularExpression: event.regex });
  }
}

function encodeValue(event: Kept): Uint8Array | null {
  if (event.value === undefined) return null;
  switch (event.kind) {
    case "consumerGroup":
      return encodeVersioned(ConsumerGroupMetadataValue, VERSION, event.value);
    case "consumerPartitionMetadata":
      return encodeVersioned(ConsumerGroupPartitionMetadataValue, VERSION, { topics: [] });
    case "consumerMember":
      return encodeMetadata(event.value);
    case "consumerTargets":
      return encodeVersioned(ConsumerGroupTargetAssignmentMetadataValue, VERSION, {
        assignmentEpoch: event.value.epoch,
        assignmentTimestamp: event.value.timestampMs,
      });
    case "consumerTarget":
      return encodeTarget(event.value);
    case "consumerCurrent":
      return encodeCurrent(event.value);
    case "consumerRegex":
      return encodeVersioned(ConsumerGroupRegularExpressionValue, VERSION, {
        topics: [...event.value.topics].sort(),
        version: event.value.version,
        timestamp: event.value.timestampMs,
      });
  }
}

type Decoder = (key: Uint8Array, value: Uint8Array | null) => ConsumerEvent;

/** A value decoded, or undefined for a tombstone. */
const decoded = <T>(value: Uint8Array | null, decode: (bytes: Uint8Array) => T): T | undefined =>
  value === null ? undefined : decode(value);

const DECODERS: ReadonlyMap<number | undefined, Decoder> = new Map<number | undefined, Decoder>([
  [
    ConsumerGroupMetadataKey.recordType,
    (key, value) => {
      const { groupId } = decodeVersioned(ConsumerGroupMetadataKey, key).value;
      return { kind: "consumerGroup", groupId, value: decoded(value, (bytes) => decodeVersioned(ConsumerGroupMetadataValue, bytes).value) };
    },
  ],
  [
    ConsumerGroupPartitionMetadataKey.recordType,
    (key, value) => {
      const { groupId } = decodeVersioned(ConsumerGroupPartitionMetadataKey, key).value;
      return { kind: "consumerPartitionMetadata", groupId, value: decoded(value, () => "present" as const) };
    },
  ],
  [
    ConsumerGroupMemberMetadataKey.recordType,
    (key, value) => {
      const { groupId, memberId } = decodeVersioned(ConsumerGroupMemberMetadataKey, key).value;
      return { kind: "consumerMember", groupId, memberId, value: decoded(value, decodeMetadata) };
    },
  ],
  [
    ConsumerGroupTargetAssignmentMetadataKey.recordType,
    (key, value) => {
      const { groupId } = decodeVersioned(ConsumerGroupTargetAssignmentMetadataKey, key).value;
      const read = (bytes: Uint8Array) => {
        const { assignmentEpoch, assignmentTimestamp } = decodeVersioned(ConsumerGroupTargetAssignmentMetadataValue, bytes).value;
        return { epoch: assignmentEpoch, timestampMs: assignmentTimestamp };
      };
      return { kind: "consumerTargets", groupId, value: decoded(value, read) };
    },
  ],
  [
    ConsumerGroupTargetAssignmentMemberKey.recordType,
    (key, value) => {
      const { groupId, memberId } = decodeVersioned(ConsumerGroupTargetAssignmentMemberKey, key).value;
      return { kind: "consumerTarget", groupId, memberId, value: decoded(value, decodeTarget) };
    },
  ],
  [
    ConsumerGroupCurrentMemberAssignmentKey.recordType,
    (key, value) => {
      const { groupId, memberId } = decodeVersioned(ConsumerGroupCurrentMemberAssignmentKey, key).value;
      return { kind: "consumerCurrent", groupId, memberId, value: decoded(value, decodeCurrent) };
    },
  ],
  [
    ConsumerGroupRegularExpressionKey.recordType,
    (key, value) => {
      const { groupId, regularExpression } = decodeVersioned(ConsumerGroupRegularExpressionKey, key).value;
      const read = (bytes: Uint8Array) => {
        const { topics, version, timestamp } = decodeVersioned(ConsumerGroupRegularExpressionValue, bytes).value;
        return { topics: new Set(topics), version, timestampMs: timestamp };
      };
      return { kind: "consumerRegex", groupId, regex: regularExpression, value: decoded(value, read), durable: true };
    },
  ],
]);

/** Undefined for the key of another kind of record. */
export const decodeConsumer = (recordType: number, key: Uint8Array, value: Uint8Array | null): ConsumerEvent | undefined =>
  DECODERS.get(recordType)?.(key, value);
