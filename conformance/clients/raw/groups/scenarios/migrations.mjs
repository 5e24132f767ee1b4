// Groups that change their protocol while they live (KIP-848): the first consumer turns a classic group into a consumer group, the last
// one to go turns it back.
import {
  ConsumerGroupDescribe,
  ConsumerGroupHeartbeat,
  DescribeGroups,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  OffsetCommit,
  SyncGroup,
} from "@moldau/protocol";
import { assignment, beating, committing, entering, joining, subscription, syncing } from "./bodies.mjs";

const range = { serverAssignor: "range" };

/** A classic member that has the topic's four partitions in generation 1: resolves with its id. */
async function classicAlone(member, groupId, topic) {
  const protocols = [{ name: "range", metadata: subscription(topic) }];
  const { memberId } = await member.ask("a classic member joins", JoinGroup, 9, joining(groupId, { protocols }));
  await member.ask("with the id it was given", JoinGroup, 9, joining(groupId, { memberId, protocols }));
  const assignments = [{ memberId, assignment: assignment(topic, 0, 1, 2, 3) }];
  await member.ask("and syncs", SyncGroup, 5, syncing(groupId, 1, memberId, { assignments }));
  return memberId;
}

const leave = (groupId, memberId) => ({ groupId, members: [{ memberId, groupInstanceId: null, reason: null }] });
const beat = (groupId, generationId, memberId) => ({ groupId, generationId, memberId, groupInstanceId: null });
const isAssigned = ({ assignment: told }) => told !== null && told.topicPartitions.length > 0;

export const migrations = [
  [
    "a consumer enters a classic group, and leaves it again",
    async ({ client, group, four: { topic } }) => {
      const [a, b, watcher] = [client("a"), client("b"), client("watcher")];
      const memberId = await classicAlone(a, group, topic);
      const { memberEpoch } = await b.ask("a consumer enters", ConsumerGroupHeartbeat, 1, entering(group, "b", [topic], range));
      await watcher.ask("it is a consumer group now", ConsumerGroupDescribe, 1, { groupIds: [group], includeAuthorizedOperations: false });
      await watcher.ask("and no classic one", DescribeGroups, 6, { groups: [group], includeAuthorizedOperations: false });
      await a.ask("the classic member is told to join again", Heartbeat, 4, beat(group, 1, memberId));
      const commit = committing(group, topic, { generationIdOrMemberEpoch: 1, memberId });
      await a.ask("it commits in its old generation", OffsetCommit, 8, commit);
      const owning = { protocols: [{ name: "range", metadata: subscription(topic) }], memberId };
      const { generationId } = await a.ask("it joins again, having given up all", JoinGroup, 9, joining(group, owning));
      await a.ask("beats before it has synced", Heartbeat, 4, beat(group, generationId, memberId));
      await a.ask("it syncs: the broker has assigned", SyncGroup, 5, syncing(group, generationId, memberId));
      await a.ask("beats", Heartbeat, 4, beat(group, generationId, memberId));
      await b.ask("the consumer is given what is free", ConsumerGroupHeartbeat, 1, beating(group, "b", memberEpoch), isAssigned);
      await watcher.ask("as described", ConsumerGroupDescribe, 1, { groupIds: [group], includeAuthorizedOperations: false });
      await a.ask(
        "the classic member commits",
        OffsetCommit,
        8,
        committing(group, topic, { generationIdOrMemberEpoch: generationId, memberId }),
      );
      await b.ask("the consumer leaves", ConsumerGroupHeartbeat, 1, beating(group, "b", -1));
      await watcher.ask("it is a classic group again", DescribeGroups, 6, { groups: [group], includeAuthorizedOperations: false });
      await watcher.ask("and no consumer group", ConsumerGroupDescribe, 1, { groupIds: [group], includeAuthorizedOperations: false });
      await a.ask("the classic member is told to join again", Heartbeat, 4, beat(group, generationId, memberId));
      const next = await a.ask("it joins again", JoinGroup, 9, joining(group, owning));
      const assignments = [{ memberId, assignment: assignment(topic, 0, 1, 2, 3) }];
      await a.ask("and syncs, as leader", SyncGroup, 5, syncing(group, next.generationId, memberId, { assignments }));
      await a.ask("leaves", LeaveGroup, 5, leave(group, memberId));
    },
    { countsPartitions: true },
  ],
  [
    "a classic member enters a consumer group",
    async ({ client, group, four: { topic } }) => {
      const [a, b, watcher] = [client("a"), client("b"), client("watcher")];
      const { memberEpoch } = await b.ask("a consumer enters", ConsumerGroupHeartbeat, 1, entering(group, "b", [topic], range));
      const protocols = [{ name: "range", metadata: subscription(topic) }];
      const { memberId } = await a.ask("a classic member joins", JoinGroup, 9, joining(group, { protocols }));
      const { generationId } = await a.ask("with the id it was given", JoinGroup, 9, joining(group, { memberId, protocols }));
      await a.ask("it syncs: nothing is free", SyncGroup, 5, syncing(group, generationId, memberId));
      const asked = await b.ask("the consumer is asked to give up", ConsumerGroupHeartbeat, 1, beating(group, "b", memberEpoch));
      await b.ask(
        "it has given up",
        ConsumerGroupHeartbeat,
        1,
        beating(group, "b", memberEpoch, { topicPartitions: asked.assignment.topicPartitions }),
      );
      const isTold = ({ errorCode }) => errorCode !== 0;
      await a.ask("the classic member is told to join again", Heartbeat, 4, beat(group, generationId, memberId), isTold);
      const next = await a.ask("it joins again", JoinGroup, 9, joining(group, { memberId, protocols }));
      await a.ask("it syncs", SyncGroup, 5, syncing(group, next.generationId, memberId));
      await watcher.ask("as described", ConsumerGroupDescribe, 1, { groupIds: [group], includeAuthorizedOperations: false });
      await a.ask("it leaves", LeaveGroup, 5, leave(group, memberId));
      await b.ask("the consumer leaves", ConsumerGroupHeartbeat, 1, beating(group, "b", -1));
    },
    { countsPartitions: true },
  ],
  [
    "empty groups take the protocol of whoever comes next",
    async ({ client, group, four: { topic } }) => {
      const [a, b] = [client("a"), client("b")];
      const memberId = await classicAlone(a, group, topic);
      await a.ask("commits", OffsetCommit, 9, committing(group, topic, { generationIdOrMemberEpoch: 1, memberId }));
      await a.ask("leaves", LeaveGroup, 5, leave(group, memberId));
      await b.ask("a consumer enters", ConsumerGroupHeartbeat, 1, entering(group, "b", [topic]));
      await b.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "b", -1));
      const protocols = [{ name: "range", metadata: subscription(topic) }];
      const back = client("a");
      const told = await back.ask("a classic member joins", JoinGroup, 9, joining(group, { protocols }));
      await back.ask("with the id it was given", JoinGroup, 9, joining(group, { memberId: told.memberId, protocols }));
      await back.ask("leaves", LeaveGroup, 5, leave(group, told.memberId));
    },
  ],
];
