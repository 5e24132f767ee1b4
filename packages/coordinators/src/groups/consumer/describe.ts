// ConsumerGroupDescribe: the state of a group, what its members have and what they should have.
import type { TopicId } from "@moldau/std";
import type { DescribedConsumerGroup } from "../commands.js";
import type { World } from "../world.js";
import { type ConsumerGroup, preferredAssignor, stateOf } from "./group.js";
import type { ConsumerMember } from "./member.js";
import { union } from "./owned-partitions.js";
import { NO_TARGET } from "./target.js";

/** KIP-1099: how a member speaks. */
const CLASSIC_MEMBER = 0;
const CONSUMER_MEMBER = 1;

export const describeGroup = (group: ConsumerGroup, world: World): DescribedConsumerGroup => ({
  errorCode: 0,
  errorMessage: null,
  groupId: group.groupId,
  groupState: stateOf(group),
  groupEpoch: group.groupEpoch,
  assignmentEpoch: group.assignmentEpoch,
  assignorName: preferredAssignor(group.index.assignors, world),
  members: [...group.members.values()].map((member) => describeMember(group, member, world)),
});

const describeMember = (group: ConsumerGroup, { memberId, metadata, current }: ConsumerMember, world: World) => ({
  memberId,
  instanceId: metadata.instanceId,
  rackId: metadata.rackId,
  memberEpoch: current.memberEpoch,
  clientId: metadata.clientId,
  clientHost: metadata.clientHost,
  subscribedTopicNames: [...metadata.subscribedTopicNames],
  subscribedTopicRegex: metadata.subscribedTopicRegex,
  assignment: withNames(
    [...union(current.assigned, current.pendingRevocation)].map(([id, { partitions }]) => [id, partitions]),
    world,
  ),
  targetAssignment: withNames([...(group.targets.get(memberId) ?? NO_TARGET)], world),
  memberType: metadata.classic ? CLASSIC_MEMBER : CONSUMER_MEMBER,
});

/** Topics that are gone are left out. */
const withNames = (topics: readonly (readonly [TopicId, readonly number[]])[], world: World) => ({
  topicPartitions: topics.flatMap(([topicId, partitions]) => {
    const name = world.topics.byId(topicId)?.name;
    return name === undefined ? [] : [{ topicId, topicName: name, partitions: [...partitions] }];
  }),
});
