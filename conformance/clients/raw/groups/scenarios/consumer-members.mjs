// Members of consumer groups (KIP-848) over time: epochs, reconciliation, static members, offsets, classic requests.
import { ConsumerGroupHeartbeat, Heartbeat, LeaveGroup, OffsetCommit, OffsetFetch, SyncGroup } from "@moldau/protocol";
import { beating, committing, consumingAlone, entering, syncing } from "./bodies.mjs";

export const consumerMembers = [
  [
    "epochs of a member alone",
    async ({ client, everyVersion, group, topic, topicId }) => {
      const a = client("a");
      const epoch = await consumingAlone(a, group, "member-a", topic, topicId);
      await everyVersion("beats", ConsumerGroupHeartbeat, beating(group, "member-a", epoch));
      await everyVersion("beats with the epoch before", ConsumerGroupHeartbeat, beating(group, "member-a", epoch - 1));
      await everyVersion("beats with an epoch to come", ConsumerGroupHeartbeat, beating(group, "member-a", epoch + 1));
      await everyVersion("a stranger beats", ConsumerGroupHeartbeat, beating(group, "stranger", epoch));
      await everyVersion("a stranger leaves", ConsumerGroupHeartbeat, beating(group, "stranger", -1));
      await everyVersion(
        "claims what it was not given",
        ConsumerGroupHeartbeat,
        beating(group, "member-a", epoch, { topicPartitions: [{ topicId, partitions: [0, 1, 2, 9] }] }),
      );
      await everyVersion(
        "claims a topic that does not exist",
        ConsumerGroupHeartbeat,
        beating(group, "member-a", epoch, { topicPartitions: [{ topicId: "bW9sZGF1LXVua25vd24hIQ", partitions: [0] }] }),
      );
      await everyVersion(
        "names an assignor that does not exist",
        ConsumerGroupHeartbeat,
        beating(group, "member-a", epoch, { serverAssignor: "no-such" }),
      );
      await a.ask("subscribes to nothing", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, { subscribedTopicNames: [] }));
      await a.ask("says that it has given up all", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, { topicPartitions: [] }));
      await a.ask("joins again with epoch 0", ConsumerGroupHeartbeat, 1, entering(group, "member-a", [topic]));
      await a.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1));
      await a.ask("leaves again", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1));
      await a.ask("beats after it left", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch));
    },
  ],
  [
    "two members: a partition is given when it has been given up",
    async ({ client, group, topic, topicId }) => {
      const [a, b] = [client("a"), client("b")];
      const range = { serverAssignor: "range" };
      const epoch = await consumingAlone(a, group, "member-a", topic, topicId, range);
      const owning = (...partitions) => ({ topicPartitions: [{ topicId, partitions }] });
      const { memberEpoch } = await b.ask("joins: nothing is free", ConsumerGroupHeartbeat, 1, entering(group, "member-b", [topic], range));
      await a.ask("is asked to give up one", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch));
      await b.ask("still waits", ConsumerGroupHeartbeat, 1, beating(group, "member-b", memberEpoch));
      await a.ask("has not given up yet", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, owning(0, 1, 2)));
      await a.ask("has given up", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, owning(0, 1)));
      await a.ask("its former epoch, once more", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, owning(0, 1)));
      await a.ask("its former epoch, claiming more", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, owning(0, 1, 2)));
      await b.ask("is given it", ConsumerGroupHeartbeat, 1, beating(group, "member-b", memberEpoch));
      await b.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-b", -1));
      await a.ask("has all again", ConsumerGroupHeartbeat, 1, beating(group, "member-a", memberEpoch));
      await a.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1));
    },
  ],
  [
    "static members of a consumer group",
    async ({ client, group, topic, topicId }) => {
      const fixed = { instanceId: "instance" };
      const a = client("a");
      const epoch = await consumingAlone(a, group, "member-a", topic, topicId, fixed);
      await a.ask("another takes the name while it is in use", ConsumerGroupHeartbeat, 1, entering(group, "member-b", [topic], fixed));
      await a.ask("another beats with the name", ConsumerGroupHeartbeat, 1, beating(group, "member-b", epoch, fixed));
      await a.ask("another leaves for a while with the name", ConsumerGroupHeartbeat, 1, beating(group, "member-b", -2, fixed));
      await a.ask("a name nobody knows beats", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, { instanceId: "unknown" }));
      await a.ask("leaves for a while", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -2, fixed));
      await a.ask("beats while it is away", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, fixed));
      await a.ask(
        "comes back under another id, with the assignment it had",
        ConsumerGroupHeartbeat,
        1,
        entering(group, "member-c", [topic], fixed),
      );
      await a.ask("its former self beats", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, fixed));
      await a.ask("its former self leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1, fixed));
      await a.ask("leaves by LeaveGroup with its name", LeaveGroup, 5, {
        groupId: group,
        members: [{ memberId: "", groupInstanceId: "instance", reason: null }],
      });
      await a.ask("is gone", ConsumerGroupHeartbeat, 1, beating(group, "member-c", epoch, fixed));
    },
  ],
  [
    "offsets of a consumer group's member",
    async ({ client, everyVersion, group, topic, topicId }) => {
      const a = client("a");
      const epoch = await consumingAlone(a, group, "member-a", topic, topicId);
      const commit = (memberId, generationIdOrMemberEpoch) => committing(group, topic, { topicId, memberId, generationIdOrMemberEpoch });
      const fetch = (memberId, memberEpoch) => ({
        groupId: group,
        topics: [{ name: topic, partitionIndexes: [0] }],
        groups: [{ groupId: group, memberId, memberEpoch, topics: [{ name: topic, topicId, partitionIndexes: [0] }] }],
      });
      await everyVersion("commits", OffsetCommit, commit("member-a", epoch));
      await everyVersion("commits with the epoch before", OffsetCommit, commit("member-a", epoch - 1));
      await everyVersion("commits with an epoch to come", OffsetCommit, commit("member-a", epoch + 1));
      await everyVersion("commits without an epoch", OffsetCommit, commit("member-a", -1));
      await everyVersion("a stranger commits", OffsetCommit, commit("stranger", epoch));
      await everyVersion("commits outside, while there are members", OffsetCommit, commit("", -1));
      await everyVersion("reads", OffsetFetch, fetch("member-a", epoch));
      await everyVersion("reads with the epoch before", OffsetFetch, fetch("member-a", epoch - 1), { from: 9 });
      await everyVersion("reads with an epoch to come", OffsetFetch, fetch("member-a", epoch + 1), { from: 9 });
      await everyVersion("a stranger reads", OffsetFetch, fetch("stranger", epoch), { from: 9 });
      await everyVersion("reads outside", OffsetFetch, fetch(null, -1), { from: 9 });
      await a.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1));
      await everyVersion("commits after it left", OffsetCommit, commit("member-a", epoch));
      await everyVersion("commits outside, afterwards", OffsetCommit, commit("", -1));
    },
  ],
  [
    "offsets committed in an epoch that has passed",
    async ({ client, everyVersion, group, topic, topicId }) => {
      const [a, b] = [client("a"), client("b")];
      const range = { serverAssignor: "range" };
      const owning = (...partitions) => ({ topicPartitions: [{ topicId, partitions }] });
      const epoch = await consumingAlone(a, group, "member-a", topic, topicId, range);
      await b.ask("another joins", ConsumerGroupHeartbeat, 1, entering(group, "member-b", [topic], range));
      await a.ask("is asked to give up one", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch));
      const { memberEpoch } = await a.ask("has given up", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch, owning(0, 1)));
      const commit = (generationIdOrMemberEpoch, partitionIndex) =>
        committing(group, topic, { topicId, memberId: "member-a", generationIdOrMemberEpoch, partition: { partitionIndex } });
      await everyVersion("commits in its epoch", OffsetCommit, commit(memberEpoch, 0), { from: 9 });
      await everyVersion("in the epoch before, what it has had since then", OffsetCommit, commit(epoch, 0), { from: 9 });
      await everyVersion("in the epoch before, what it has given up", OffsetCommit, commit(epoch, 2), { from: 9 });
      await everyVersion("in its epoch, what it has given up", OffsetCommit, commit(memberEpoch, 2), { from: 9 });
      await everyVersion("in an epoch before it had anything", OffsetCommit, commit(epoch - 1, 0), { from: 9 });
      await b.ask("the other is given it", ConsumerGroupHeartbeat, 1, beating(group, "member-b", memberEpoch));
      await everyVersion("in the epoch before, what another has now", OffsetCommit, commit(epoch, 2), { from: 9 });
      const both = committing(group, topic, { memberId: "member-a", generationIdOrMemberEpoch: epoch });
      const partitions = [0, 2].map((partitionIndex) => ({ partitionIndex, committedOffset: 9, committedMetadata: "" }));
      await a.ask("what it has and what it has not, at once", OffsetCommit, 9, { ...both, topics: [{ name: topic, partitions }] });
      await b.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-b", -1));
      await a.ask("leaves", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1));
    },
  ],
  [
    "classic requests of a consumer group's member",
    async ({ client, everyVersion, group, topic, topicId }) => {
      const a = client("a");
      const epoch = await consumingAlone(a, group, "member-a", topic, topicId);
      await everyVersion("Heartbeat", Heartbeat, { groupId: group, generationId: epoch, memberId: "member-a", groupInstanceId: null });
      await everyVersion("SyncGroup", SyncGroup, syncing(group, epoch, "member-a"));
      await everyVersion("LeaveGroup of a stranger", LeaveGroup, {
        groupId: group,
        memberId: "stranger",
        members: [{ memberId: "stranger", groupInstanceId: null, reason: null }],
      });
      await a.ask("LeaveGroup", LeaveGroup, 5, {
        groupId: group,
        members: [{ memberId: "member-a", groupInstanceId: null, reason: null }],
      });
      await a.ask("is gone", ConsumerGroupHeartbeat, 1, beating(group, "member-a", epoch));
    },
  ],
];
