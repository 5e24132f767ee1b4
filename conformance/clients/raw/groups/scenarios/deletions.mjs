// DeleteGroups and OffsetDelete: what may go, and what may not.
import { ConsumerGroupHeartbeat, DeleteGroups, LeaveGroup, OffsetCommit, OffsetDelete, OffsetFetch } from "@moldau/protocol";
import { beating, committing, consumingAlone, stableAlone, subscription } from "./bodies.mjs";

const deleting = (...groupsNames) => ({ groupsNames });
const forgetting = (groupId, topic, ...partitions) => ({
  groupId,
  topics: [{ name: topic, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }],
});
const reading = (groupId, topic) => ({ groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [0, 1] }] }], requireStable: false });

export const deletions = [
  [
    "deletes classic groups",
    async ({ client, everyVersion, group, named, topic }) => {
      const raw = client("raw");
      const memberId = await stableAlone(client("a"), group);
      await everyVersion("that has a member", DeleteGroups, deleting(group));
      await everyVersion(
        "several, among them unknown, empty ids, and one twice",
        DeleteGroups,
        deleting(group, named("unknown group"), "", group),
      );
      await everyVersion("none", DeleteGroups, deleting());
      await raw.ask("the member leaves", LeaveGroup, 5, { groupId: group, members: [{ memberId, groupInstanceId: null, reason: null }] });
      await raw.ask("that is empty", DeleteGroups, 2, deleting(group));
      await raw.ask("that is deleted", DeleteGroups, 2, deleting(group));
      await raw.ask("that has only offsets: commits", OffsetCommit, 9, committing(group, topic));
      await raw.ask("that has only offsets", DeleteGroups, 2, deleting(group));
      await raw.ask("its offsets are gone", OffsetFetch, 8, reading(group, topic));
    },
  ],
  [
    "deletes consumer groups",
    async ({ client, group, topic, topicId }) => {
      const a = client("a");
      await consumingAlone(a, group, "member-a", topic, topicId);
      await a.ask("that has a member", DeleteGroups, 2, deleting(group));
      await a.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1));
      await a.ask("that is empty", DeleteGroups, 2, deleting(group));
      await a.ask("that is deleted", DeleteGroups, 2, deleting(group));
    },
  ],
  [
    "forgets offsets of a classic group",
    async ({ client, group, topic }) => {
      const raw = client("raw");
      const partitions = [0, 1].map((partitionIndex) => ({ partitionIndex, committedOffset: 5, committedMetadata: "" }));
      await raw.ask("commits", OffsetCommit, 9, { ...committing(group, topic), topics: [{ name: topic, partitions }] });
      await raw.ask("one, one that is not committed, one that does not exist", OffsetDelete, 0, forgetting(group, topic, 1, 2, 99));
      await raw.ask("one is left", OffsetFetch, 8, reading(group, topic));
      await raw.ask("of a topic that does not exist", OffsetDelete, 0, forgetting(group, `${topic}-no`, 0));
      await raw.ask("of no topics", OffsetDelete, 0, { groupId: group, topics: [] });
      const metadata = subscription(topic);
      const memberId = await stableAlone(client("a"), group, { protocols: [{ name: "range", metadata }] });
      await raw.ask("of a topic that is subscribed to", OffsetDelete, 0, forgetting(group, topic, 0));
      await raw.ask("of a topic that does not exist, in a group with members", OffsetDelete, 0, forgetting(group, `${topic}-no`, 0));
      await raw.ask("the member leaves", LeaveGroup, 5, { groupId: group, members: [{ memberId, groupInstanceId: null, reason: null }] });
      await raw.ask("of a topic that was subscribed to", OffsetDelete, 0, forgetting(group, topic, 0));
      await raw.ask("none is left", OffsetFetch, 8, reading(group, topic));
    },
  ],
  [
    "forgets offsets of a group that is no consumers'",
    async ({ client, group, topic }) => {
      const memberId = await stableAlone(client("a"), group, { protocolType: "connect" }).catch(() => "");
      const raw = client("raw");
      await raw.ask("while it has members", OffsetDelete, 0, forgetting(group, topic, 0));
      await raw.ask("the member leaves", LeaveGroup, 5, { groupId: group, members: [{ memberId, groupInstanceId: null, reason: null }] });
      await raw.ask("when it is empty", OffsetDelete, 0, forgetting(group, topic, 0));
    },
  ],
  [
    "forgets offsets of a consumer group",
    async ({ client, group, topic, topicId }) => {
      const a = client("a");
      const memberEpoch = await consumingAlone(a, group, "member-a", topic, topicId);
      await a.ask("commits", OffsetCommit, 9, committing(group, topic, { memberId: "member-a", generationIdOrMemberEpoch: memberEpoch }));
      await a.ask("of a topic that is subscribed to", OffsetDelete, 0, forgetting(group, topic, 0));
      await a.ask("of another topic", OffsetDelete, 0, forgetting(group, `${topic}-no`, 0));
      await a.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1));
      await a.ask("of a topic that was subscribed to", OffsetDelete, 0, forgetting(group, topic, 0));
    },
  ],
];
