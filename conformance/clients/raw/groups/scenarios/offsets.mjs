// OffsetCommit and OffsetFetch: who may commit what, what is kept, what is answered.
import { LeaveGroup, OffsetCommit, OffsetFetch } from "@moldau/protocol";
import { committing, stableAlone } from "./bodies.mjs";

const UNKNOWN_ID = "bW9sZGF1LXVua25vd24hIQ";
// no topic has this one
const ZERO_ID = "AAAAAAAAAAAAAAAAAAAAAA";

const fetching = (groupId, topics, overrides = {}) => ({
  groupId,
  topics,
  groups: [{ groupId, memberId: null, memberEpoch: -1, topics, ...overrides }],
  requireStable: false,
});

export const offsets = [
  [
    "offsets committed outside a generation, and read",
    async ({ everyVersion, client, group, topic, topicId }) => {
      const partition = { committedOffset: 42, committedLeaderEpoch: 0, committedMetadata: "where we are" };
      await everyVersion("commits", OffsetCommit, committing(group, topic, { topicId, partition }));
      await everyVersion("reads", OffsetFetch, fetching(group, [{ name: topic, topicId, partitionIndexes: [0, 1] }]));
      await everyVersion("reads all", OffsetFetch, fetching(group, null), { from: 2 });
      await everyVersion("reads no topics", OffsetFetch, fetching(group, []));
      await everyVersion(
        "reads a partition that does not exist",
        OffsetFetch,
        fetching(group, [{ name: topic, topicId, partitionIndexes: [99, -1] }]),
      );
      await everyVersion(
        "reads a topic that does not exist",
        OffsetFetch,
        fetching(group, [{ name: `${topic}-no`, topicId: UNKNOWN_ID, partitionIndexes: [0] }]),
      );
      await everyVersion(
        "as a member that nobody knows",
        OffsetCommit,
        committing(group, topic, { topicId, memberId: "x", generationIdOrMemberEpoch: 1 }),
      );
      await everyVersion(
        "with a generation, but no member",
        OffsetCommit,
        committing(group, topic, { topicId, generationIdOrMemberEpoch: 1 }),
      );
      await everyVersion("with a member, but no generation", OffsetCommit, committing(group, topic, { topicId, memberId: "x" }));
      const raw = client("raw");
      await raw.ask(
        "with the largest leader epoch",
        OffsetCommit,
        9,
        committing(group, topic, { partition: { committedLeaderEpoch: 0x7fff_ffff } }),
      );
      await raw.ask(
        "a negative offset",
        OffsetCommit,
        9,
        committing(group, topic, { partition: { partitionIndex: 1, committedOffset: -1 } }),
      );
      // a client's name for the earliest, which kafkajs has groups commit
      await raw.ask("the offset -2", OffsetCommit, 9, committing(group, topic, { partition: { partitionIndex: 1, committedOffset: -2 } }));
      await raw.ask(
        "an offset beyond the end",
        OffsetCommit,
        9,
        committing(group, topic, { partition: { partitionIndex: 2, committedOffset: 1_000_000 } }),
      );
      await raw.ask("reads all of it back", OffsetFetch, 8, fetching(group, [{ name: topic, partitionIndexes: [0, 1, 2] }]));
    },
  ],
  [
    "offsets of topics that are not there",
    async ({ everyVersion, client, group, topic, topicId }) => {
      await everyVersion("an unknown topic", OffsetCommit, committing(group, `${topic}-no`, { topicId: UNKNOWN_ID }));
      await everyVersion("an unknown partition", OffsetCommit, committing(group, topic, { topicId, partition: { partitionIndex: 99 } }));
      await everyVersion("a negative partition", OffsetCommit, committing(group, topic, { topicId, partition: { partitionIndex: -1 } }));
      await everyVersion("no topics", OffsetCommit, { ...committing(group, topic), topics: [] });
      const raw = client("raw");
      await raw.ask("a name that is none", OffsetCommit, 9, committing(group, "../x"));
      await raw.ask("an empty name", OffsetCommit, 9, committing(group, ""));
      await raw.ask("the id of no topic", OffsetCommit, 10, committing(group, "", { topicId: ZERO_ID }));
      await raw.ask("reads by the id of no topic", OffsetFetch, 10, fetching(group, [{ topicId: ZERO_ID, partitionIndexes: [0] }]));
    },
  ],
  [
    "metadata with an offset",
    async ({ everyVersion, client, group, topic, topicId }) => {
      const commit = (committedMetadata) => committing(group, topic, { topicId, partition: { committedMetadata } });
      await everyVersion("of 4,096 bytes", OffsetCommit, commit("m".repeat(4_096)), { from: 9 });
      await everyVersion("of 4,097 bytes", OffsetCommit, commit("m".repeat(4_097)));
      await everyVersion("of 4,097 bytes in 2,049 characters", OffsetCommit, commit(`m${"ř".repeat(2_048)}`), { from: 9 });
      await everyVersion("null", OffsetCommit, commit(null));
      const raw = client("raw");
      await raw.ask("null is read as", OffsetFetch, 8, fetching(group, [{ name: topic, partitionIndexes: [0] }]));
      await raw.ask("one partition too much, the other kept", OffsetCommit, 9, {
        ...committing(group, topic),
        topics: [
          {
            name: topic,
            partitions: [0, 1].map((partitionIndex) => ({
              partitionIndex,
              committedOffset: 7,
              committedMetadata: "m".repeat(partitionIndex * 4_097),
            })),
          },
        ],
      });
      await raw.ask("and read", OffsetFetch, 8, fetching(group, [{ name: topic, partitionIndexes: [0, 1] }]));
    },
  ],
  [
    "several groups at once",
    async ({ client, group, named, topic, topicId }) => {
      const raw = client("raw");
      await raw.ask("commits", OffsetCommit, 9, committing(group, topic));
      const topics = [{ name: topic, topicId, partitionIndexes: [0] }];
      const ask = (groupId, wanted) => ({ groupId, memberId: null, memberEpoch: -1, topics: wanted });
      for (const version of [8, 9, 10]) {
        const groups = [ask(group, topics), ask(named("unknown group"), topics), ask("", topics), ask(group, null)];
        await raw.ask("known, unknown, empty, all", OffsetFetch, version, { groups, requireStable: true });
      }
      await raw.ask("no groups", OffsetFetch, 8, { groups: [], requireStable: false });
      for (const version of [9, 10]) {
        const member = (memberId, memberEpoch) => fetching(group, topics, { memberId, memberEpoch });
        await raw.ask("as a member of a group that has none", OffsetFetch, version, member("x", 1));
        await raw.ask("with an epoch, but no member", OffsetFetch, version, member(null, 1));
      }
    },
  ],
  [
    "offsets committed as a member of a classic group",
    async ({ client, everyVersion, group, topic, topicId }) => {
      const a = client("a");
      const memberId = await stableAlone(a, group);
      const commit = (generationIdOrMemberEpoch, id) => committing(group, topic, { topicId, generationIdOrMemberEpoch, memberId: id });
      await everyVersion("in its generation", OffsetCommit, commit(1, memberId));
      await everyVersion("in an older generation", OffsetCommit, commit(0, memberId));
      await everyVersion("in a generation to come", OffsetCommit, commit(2, memberId));
      await everyVersion("without its generation", OffsetCommit, commit(-1, memberId));
      await everyVersion("a stranger", OffsetCommit, commit(1, "stranger"));
      await everyVersion("outside the generation, while there are members", OffsetCommit, commit(-1, ""));
      await everyVersion(
        "reads as a member",
        OffsetFetch,
        fetching(group, [{ name: topic, topicId, partitionIndexes: [0] }], { memberId, memberEpoch: 1 }),
        { from: 9 },
      );
      await everyVersion(
        "reads as a stranger",
        OffsetFetch,
        fetching(group, [{ name: topic, topicId, partitionIndexes: [0] }], { memberId: "stranger", memberEpoch: 9 }),
        { from: 9 },
      );
      await a.ask("leaves", LeaveGroup, 5, { groupId: group, members: [{ memberId, groupInstanceId: null, reason: null }] });
      await everyVersion("outside the generation, afterwards", OffsetCommit, commit(-1, ""));
      await everyVersion("in its generation, afterwards", OffsetCommit, commit(1, memberId));
    },
  ],
];
