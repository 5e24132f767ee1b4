// Requests as a well-behaved client would make them; scenarios change what they are about.
import {
  ConsumerGroupHeartbeat,
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  encodeVersioned,
  JoinGroup,
  SyncGroup,
} from "@moldau/protocol";

export const subscription = (...topics) => Buffer.from(encodeVersioned(ConsumerProtocolSubscription, 0, { topics, userData: null }));

export const assignment = (topic, ...partitions) =>
  Buffer.from(encodeVersioned(ConsumerProtocolAssignment, 0, { assignedPartitions: [{ topic, partitions }], userData: null }));

export const joining = (groupId, overrides = {}) => ({
  groupId,
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 10_000,
  memberId: "",
  groupInstanceId: null,
  protocolType: "consumer",
  protocols: [{ name: "range", metadata: Buffer.from("m") }],
  reason: null,
  ...overrides,
});

export const syncing = (groupId, generationId, memberId, overrides = {}) => ({
  groupId,
  generationId,
  memberId,
  groupInstanceId: null,
  protocolType: "consumer",
  protocolName: "range",
  assignments: [],
  ...overrides,
});

export const committing = (groupId, topic, overrides = {}) => {
  const { topicId, partition = {}, ...rest } = overrides;
  return {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: "",
    groupInstanceId: null,
    topics: [
      {
        name: topic,
        topicId,
        partitions: [{ partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: "", ...partition }],
      },
    ],
    ...rest,
  };
};

/** A member of a consumer group that joins; null leaves a field as it was. */
export const beating = (groupId, memberId, memberEpoch, overrides = {}) => ({
  groupId,
  memberId,
  memberEpoch,
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: -1,
  subscribedTopicNames: null,
  subscribedTopicRegex: null,
  serverAssignor: null,
  topicPartitions: null,
  ...overrides,
});

export const entering = (groupId, memberId, topics, overrides = {}) =>
  beating(groupId, memberId, 0, { rebalanceTimeoutMs: 10_000, subscribedTopicNames: topics, topicPartitions: [], ...overrides });

/** Joins in two steps and syncs, alone, as leader of generation 1: resolves with the member's id. */
export async function stableAlone(member, groupId, overrides = {}) {
  const first = await member.ask("joins without an id", JoinGroup, 9, joining(groupId, overrides));
  const { memberId } = first;
  const { protocolType = "consumer" } = overrides;
  const assignments = [{ memberId, assignment: Buffer.from("all") }];
  await member.ask("joins with the id it was given", JoinGroup, 9, joining(groupId, { memberId, ...overrides }));
  await member.ask("syncs, as leader", SyncGroup, 5, syncing(groupId, 1, memberId, { protocolType, assignments }));
  return memberId;
}

/** A member of a consumer group that has its three partitions: resolves with its epoch. */
export async function consumingAlone(member, groupId, memberId, topic, topicId, overrides = {}) {
  const { memberEpoch } = await member.ask("joins", ConsumerGroupHeartbeat, 1, entering(groupId, memberId, [topic], overrides));
  const owned = [{ topicId, partitions: [0, 1, 2] }];
  const told = await member.ask(
    "says what it has",
    ConsumerGroupHeartbeat,
    1,
    beating(groupId, memberId, memberEpoch, { topicPartitions: owned }),
  );
  return told.memberEpoch;
}
