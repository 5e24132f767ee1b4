// The values of records that hold partitions or a member's metadata.
import {
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupTargetAssignmentMemberValue,
  decodeVersioned,
  encodeVersioned,
} from "@moldau/protocol";
import { type TopicId, topicId } from "@moldau/std";
import type { Assignment } from "../assignors/assignor.js";
import type { CurrentAssignment, MemberMetadata, MemberState } from "./member.js";
import { type OwnedPartitions, type PartitionEpochs, partitionEpochs } from "./owned-partitions.js";

const VERSION = 0;

const STATES: readonly MemberState[] = ["stable", "unrevoked", "unreleased"];
const UNKNOWN_STATE = 127;

export const encodeMetadata = ({ classic, ...rest }: MemberMetadata): Uint8Array =>
  encodeVersioned(ConsumerGroupMemberMetadataValue, VERSION, { ...rest, classicMemberMetadata: classic ?? null });

export function decodeMetadata(bytes: Uint8Array): MemberMetadata {
  const { classicMemberMetadata, subscribedTopicNames, subscribedTopicRegex, ...rest } = decodeVersioned(
    ConsumerGroupMemberMetadataValue,
    bytes,
  ).value;
  return {
    ...rest,
    subscribedTopicNames: [...new Set(subscribedTopicNames)].sort(),
    subscribedTopicRegex: subscribedTopicRegex ?? "",
    classic: classicMemberMetadata ?? undefined,
  };
}

export const encodeTarget = (target: Assignment): Uint8Array =>
  encodeVersioned(ConsumerGroupTargetAssignmentMemberValue, VERSION, {
    topicPartitions: [...target].map(([id, partitions]) => ({ topicId: id, partitions: [...partitions] })),
  });

export function decodeTarget(bytes: Uint8Array): Assignment {
  const { topicPartitions } = decodeVersioned(ConsumerGroupTargetAssignmentMemberValue, bytes).value;
  return new Map<TopicId, readonly number[]>(
    topicPartitions.map((topic) => [topicId(topic.topicId), [...topic.partitions].sort((a, b) => a - b)]),
  );
}

export const encodeCurrent = (current: CurrentAssignment): Uint8Array => {
  const state = STATES.indexOf(current.state);
  return encodeVersioned(ConsumerGroupCurrentMemberAssignmentValue, VERSION, {
    memberEpoch: current.memberEpoch,
    previousMemberEpoch: current.previousMemberEpoch,
    state: state < 0 ? UNKNOWN_STATE : state,
    assignedPartitions: encodeOwned(current.assigned),
    partitionsPendingRevocation: encodeOwned(current.pendingRevocation),
  });
};

export function decodeCurrent(bytes: Uint8Array): CurrentAssignment {
  const value = decodeVersioned(ConsumerGroupCurrentMemberAssignmentValue, bytes).value;
  return {
    memberEpoch: value.memberEpoch,
    previousMemberEpoch: value.previousMemberEpoch,
    state: STATES[value.state] ?? "unknown",
    assigned: decodeOwned(value.assignedPartitions, value.memberEpoch),
    pendingRevocation: decodeOwned(value.partitionsPendingRevocation, value.memberEpoch),
  };
}

const encodeOwned = (owned: OwnedPartitions) =>
  [...owned].map(([id, { partitions, epochs }]) => ({ topicId: id, partitions: [...partitions], assignmentEpochs: [...epochs] }));

interface ListedOwned {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly assignmentEpochs: readonly number[] | null;
}

/** Records from before Kafka 4.2 have no epochs: the member's own is the newest that they can be of. */
const decodeOwned = (list: readonly ListedOwned[], memberEpoch: number): OwnedPartitions =>
  new Map<TopicId, PartitionEpochs>(
    list.map(({ topicId: id, partitions, assignmentEpochs }) => [
      topicId(id),
      partitionEpochs(partitions.map((partition, index) => [partition, assignmentEpochs?.[index] ?? Math.max(memberEpoch, 0)])),
    ]),
  );
