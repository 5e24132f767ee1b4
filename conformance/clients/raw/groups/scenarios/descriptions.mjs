// DescribeGroups, ConsumerGroupDescribe, ListGroups: what is told of groups in each state and type.
import {
  ConsumerGroupDescribe,
  ConsumerGroupHeartbeat,
  DescribeGroups,
  JoinGroup,
  LeaveGroup,
  ListGroups,
  OffsetCommit,
  SyncGroup,
} from "@moldau/protocol";
import { beating, committing, consumingAlone, joining, stableAlone, subscription, syncing } from "./bodies.mjs";

const describing = (...groups) => ({ groups, includeAuthorizedOperations: false });
const describingNew = (...groupIds) => ({ groupIds, includeAuthorizedOperations: false });

const listing = (raw, ask, filters) => raw.ask(ask, ListGroups, 5, { statesFilter: [], typesFilter: [], ...filters });

export const descriptions = [
  [
    "a classic group is described",
    async ({ client, everyVersion, group, named, topic }) => {
      const metadata = subscription(topic);
      const protocols = [{ name: "range", metadata }];
      const a = client("a");
      const { memberId } = await a.ask("is given an id", JoinGroup, 9, joining(group, { protocols }));
      await everyVersion("a member has an id, but has not joined", DescribeGroups, describing(group));
      await a.ask("joins", JoinGroup, 9, joining(group, { memberId, protocols }));
      await everyVersion("before the leader has synced", DescribeGroups, describing(group));
      await a.ask("syncs", SyncGroup, 5, syncing(group, 1, memberId, { assignments: [{ memberId, assignment: Buffer.from("all") }] }));
      await everyVersion("stable", DescribeGroups, describing(group));
      await everyVersion("as a consumer group", ConsumerGroupDescribe, describingNew(group));
      await everyVersion("with operations", DescribeGroups, { groups: [group], includeAuthorizedOperations: true }, { from: 3 });
      await a.ask("leaves", LeaveGroup, 5, { groupId: group, members: [{ memberId, groupInstanceId: null, reason: null }] });
      await everyVersion("empty", DescribeGroups, describing(group));
      await everyVersion("no groups", DescribeGroups, describing());
      await everyVersion(
        "known, unknown, empty id, and the known again",
        DescribeGroups,
        describing(group, named("unknown group"), "", group),
      );
    },
  ],
  [
    "a group that has nothing but offsets is described",
    async ({ client, everyVersion, group, topic }) => {
      const raw = client("raw");
      await raw.ask("commits", OffsetCommit, 9, committing(group, topic));
      await everyVersion("as a classic group", DescribeGroups, describing(group));
      await everyVersion("as a consumer group", ConsumerGroupDescribe, describingNew(group));
    },
  ],
  [
    "a consumer group is described",
    async ({ client, everyVersion, group, named, topic, topicId }) => {
      const a = client("a");
      await consumingAlone(a, group, "member-a", topic, topicId, { instanceId: "instance", rackId: "rack" });
      await everyVersion("stable", ConsumerGroupDescribe, describingNew(group));
      await everyVersion("as a classic group", DescribeGroups, describing(group));
      await everyVersion("with operations", ConsumerGroupDescribe, { groupIds: [group], includeAuthorizedOperations: true });
      await a.ask("leaves for good", ConsumerGroupHeartbeat, 1, beating(group, "member-a", -1, { instanceId: "instance" }));
      await everyVersion("empty", ConsumerGroupDescribe, describingNew(group));
      await everyVersion("empty, as a classic group", DescribeGroups, describing(group));
      await everyVersion("no groups", ConsumerGroupDescribe, describingNew());
      await everyVersion(
        "known, unknown, empty id, and the known again",
        ConsumerGroupDescribe,
        describingNew(group, named("unknown group"), "", group),
      );
    },
  ],
  [
    "groups are listed by state and type",
    async ({ client, everyVersion, named, topic, topicId }) => {
      const raw = client("raw");
      const all = {
        stable: named("classic stable"),
        empty: named("classic empty"),
        fresh: named("consumer stable"),
        emptied: named("consumer empty"),
      };
      await stableAlone(client("a"), all.stable);
      await raw.ask("commits", OffsetCommit, 9, committing(all.empty, topic));
      await consumingAlone(client("b"), all.fresh, "member-b", topic, topicId);
      await consumingAlone(client("c"), all.emptied, "member-c", topic, topicId);
      await raw.ask("leaves", ConsumerGroupHeartbeat, 1, beating(all.emptied, "member-c", -1));
      await everyVersion("all", ListGroups, { statesFilter: [], typesFilter: [] });
      for (const state of ["Stable", "stable", "Empty", "PreparingRebalance", "Assigning", "Dead", "NoSuchState", ""]) {
        await listing(raw, `state "${state}"`, { statesFilter: [state] });
      }
      for (const type of ["classic", "Classic", "CONSUMER", "share", "streams", "NoSuchType", ""]) {
        await listing(raw, `type "${type}"`, { typesFilter: [type] });
      }
      await listing(raw, "two states, one of them unknown", { statesFilter: ["Empty", "NoSuchState"] });
      await listing(raw, "two types, one of them unknown", { typesFilter: ["consumer", "NoSuchType"] });
      await listing(raw, "state and type", { statesFilter: ["Empty"], typesFilter: ["consumer"] });
      await raw.ask("by state", ListGroups, 4, { statesFilter: ["Empty"] });
    },
  ],
];
