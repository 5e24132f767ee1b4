// What offsets and administration ask of a consumer group.
import type { TopicId } from "@moldau/std";
import type { GroupFacts, OffsetClient } from "../facts.js";
import { describeGroup } from "./describe.js";
import { type ConsumerGroup, stateOf } from "./group.js";
import type { ConsumerMember } from "./member.js";
import { epochOf } from "./owned-partitions.js";
import { removal } from "./removal.js";

/** Members of the consumer protocol commit with at least this version of OffsetCommit. */
const FIRST_WITH_EPOCHS = 9;

export const consumerFacts: GroupFacts<ConsumerGroup> = {
  isEmpty: ({ members }) => members.size === 0,
  // Those of topics that nobody reads any more expire one by one, whether there are members or not.
  offsetsIdleSince: (group, { name }) => (isSubscribed(group, name) ? undefined : "commit"),
  checkCommit(group, client, { topicId, partition }) {
    if (client.epoch < 0 && group.members.size === 0) return undefined;
    if (client.inTransaction && saysNothing(client)) return undefined;
    const member = group.members.get(client.memberId);
    if (!member) return "UNKNOWN_MEMBER_ID";
    if (!client.inTransaction && !member.metadata.classic && client.version < FIRST_WITH_EPOCHS) return "UNSUPPORTED_VERSION";
    if (mayCommit(member, client, topicId, partition)) return undefined;
    // producers know no other name for it
    return client.inTransaction ? "ILLEGAL_GENERATION" : wrongEpoch(member);
  },
  commitTimers: () => [],
  checkFetch(group, { memberId, epoch }) {
    if (memberId === null && epoch < 0) return undefined;
    const member = group.members.get(memberId ?? "");
    if (!member) return "UNKNOWN_MEMBER_ID";
    return member.current.memberEpoch === epoch ? undefined : wrongEpoch(member);
  },
  isSubscribedTo: (group, topic) => isSubscribed(group, topic),
  removal,
  list: (group) => ({
    groupId: group.groupId,
    protocolType: "consumer",
    groupState: stateOf(group),
    groupType: "consumer",
  }),
  describe: () => undefined,
  describeConsumer: describeGroup,
};

/**
 * A member may commit in its epoch, and in one before to the partitions that it was given by then and has not lost since (KIP-1251):
 * a commit on its way while the epoch grows is not refused.
 */
function mayCommit({ current }: ConsumerMember, { epoch }: OffsetClient, topic: TopicId | undefined, partition: number): boolean {
  if (epoch === current.memberEpoch) return true;
  if (epoch > current.memberEpoch || topic === undefined) return false;
  const since = epochOf(current.assigned, topic, partition) ?? epochOf(current.pendingRevocation, topic, partition);
  return since !== undefined && epoch >= since;
}

const saysNothing = ({ memberId, instanceId, epoch }: OffsetClient): boolean => epoch < 0 && memberId === "" && instanceId === null;

const wrongEpoch = ({ metadata }: ConsumerMember) => (metadata.classic ? "ILLEGAL_GENERATION" : "STALE_MEMBER_EPOCH");

function isSubscribed({ index, regexes }: ConsumerGroup, topic: string): boolean {
  if (index.topicNames.has(topic)) return true;
  for (const regex of index.regexes.keys()) if (regexes.get(regex)?.topics.has(topic)) return true;
  return false;
}
