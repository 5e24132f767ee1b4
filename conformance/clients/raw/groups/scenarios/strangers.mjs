// Requests about groups that do not exist, of members nobody knows, and groups whose names are none.
import {
  ConsumerGroupDescribe,
  ConsumerGroupHeartbeat,
  DeleteGroups,
  DescribeGroups,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  OffsetCommit,
  OffsetDelete,
  OffsetFetch,
  SyncGroup,
} from "@moldau/protocol";
import { beating, committing, entering, joining, syncing } from "./bodies.mjs";

const fetching = (groupId, topic, topicId) => ({
  groupId,
  topics: topic === null ? null : [{ name: topic, partitionIndexes: [0] }],
  groups: [{ groupId, memberId: null, memberEpoch: -1, topics: topic === null ? null : [{ name: topic, topicId, partitionIndexes: [0] }] }],
  requireStable: false,
});

const leaving = (groupId, memberId) => ({ groupId, memberId, members: [{ memberId, groupInstanceId: null, reason: null }] });

async function everything({ everyVersion, topic, topicId }, groupId, memberId) {
  await everyVersion("Heartbeat", Heartbeat, { groupId, generationId: 1, memberId, groupInstanceId: null });
  await everyVersion("SyncGroup", SyncGroup, syncing(groupId, 1, memberId));
  await everyVersion("LeaveGroup", LeaveGroup, leaving(groupId, memberId));
  await everyVersion(
    "OffsetCommit as a member",
    OffsetCommit,
    committing(groupId, topic, { topicId, generationIdOrMemberEpoch: 1, memberId }),
  );
  await everyVersion("OffsetFetch", OffsetFetch, fetching(groupId, topic, topicId));
  await everyVersion("OffsetFetch of all topics", OffsetFetch, fetching(groupId, null), { from: 2 });
  await everyVersion("DescribeGroups", DescribeGroups, { groups: [groupId], includeAuthorizedOperations: false });
  await everyVersion("DeleteGroups", DeleteGroups, { groupsNames: [groupId] });
  await everyVersion("OffsetDelete", OffsetDelete, { groupId, topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }] });
  await everyVersion("ConsumerGroupDescribe", ConsumerGroupDescribe, { groupIds: [groupId], includeAuthorizedOperations: false });
  await everyVersion("ConsumerGroupHeartbeat of a member", ConsumerGroupHeartbeat, beating(groupId, memberId, 1));
}

export const strangers = [
  ["a group that does not exist", (world) => everything(world, world.group, "nobody")],
  [
    "a group without a name",
    async (world) => {
      await everything(world, "", "nobody");
      await world.everyVersion("JoinGroup", JoinGroup, joining(""));
      await world.everyVersion("JoinGroup with an id", JoinGroup, joining("", { memberId: "nobody" }));
      await world.everyVersion("OffsetCommit outside a generation", OffsetCommit, committing("", world.topic, { topicId: world.topicId }));
      await world.everyVersion("ConsumerGroupHeartbeat that joins", ConsumerGroupHeartbeat, entering("", "a", [world.topic]));
    },
  ],
  [
    "a group with an odd or long name",
    async ({ client, topic, group }) => {
      for (const [what, groupId] of [
        ["a path", `../${group}`],
        ["a line feed", `${group}\n`],
        ["blanks around", ` ${group} `],
        ["only blanks", "   "],
        ["Unicode", `${group}-Vltava-řeka`],
        ["1,000 characters", `${group}${"g".repeat(1_000 - group.length)}`],
        ["32,000 characters", `${group}${"g".repeat(32_000 - group.length)}`],
      ]) {
        const raw = client("raw");
        await raw.ask(`JoinGroup: ${what}`, JoinGroup, 9, joining(groupId, { memberId: "nobody" }));
        await raw.ask(`OffsetCommit: ${what}`, OffsetCommit, 9, committing(groupId, topic));
        await raw.ask(`OffsetFetch: ${what}`, OffsetFetch, 8, fetching(groupId, topic));
        await raw.ask(`DeleteGroups: ${what}`, DeleteGroups, 2, { groupsNames: [groupId] });
        await raw.ask(`ConsumerGroupHeartbeat: ${what}`, ConsumerGroupHeartbeat, 1, entering(groupId, "a", [topic]));
        await raw.ask(`and leaves: ${what}`, ConsumerGroupHeartbeat, 1, beating(groupId, "a", -1));
      }
    },
  ],
];
