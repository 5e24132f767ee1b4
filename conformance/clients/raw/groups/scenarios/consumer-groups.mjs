// ConsumerGroupHeartbeat (KIP-848): fields that are missing or wrong, subscriptions, assignors, regular expressions.
import { ConsumerGroupHeartbeat, JoinGroup } from "@moldau/protocol";
import { beating, entering, joining, stableAlone } from "./bodies.mjs";

export const consumerGroups = [
  [
    "a heartbeat that is wrong",
    async ({ everyVersion, newGroup, topic, topicId }) => {
      const cases = [
        ["without a member id", (group) => entering(group, "", [topic])],
        ["with a blank member id", (group) => entering(group, " ", [topic])],
        ["without a subscription", (group) => entering(group, "a", null)],
        ["with an empty subscription", (group) => entering(group, "a", [])],
        ["without a rebalance timeout", (group) => entering(group, "a", [topic], { rebalanceTimeoutMs: -1 })],
        ["with a rebalance timeout of 0", (group) => entering(group, "a", [topic], { rebalanceTimeoutMs: 0 })],
        ["without saying what it owns", (group) => entering(group, "a", [topic], { topicPartitions: null })],
        ["owning partitions already", (group) => entering(group, "a", [topic], { topicPartitions: [{ topicId, partitions: [0] }] })],
        ["with an assignor that does not exist", (group) => entering(group, "a", [topic], { serverAssignor: "no-such" })],
        ["with an empty assignor", (group) => entering(group, "a", [topic], { serverAssignor: "" })],
        ["with an assignor in other letters", (group) => entering(group, "a", [topic], { serverAssignor: "Uniform" })],
        ["with an empty instance", (group) => entering(group, "a", [topic], { instanceId: "" })],
        ["with an empty rack", (group) => entering(group, "a", [topic], { rackId: "" })],
        ["with a member epoch of 1", (group) => beating(group, "a", 1)],
        ["with a member epoch of -2, without an instance", (group) => beating(group, "a", -2)],
        ["with a member epoch of -3", (group) => beating(group, "a", -3)],
        ["leaving a group that does not exist", (group) => beating(group, "a", -1)],
        ["an instance leaving a group that does not exist", (group) => beating(group, "a", -2, { instanceId: "instance" })],
      ];
      for (const [what, bodyFor] of cases) await everyVersion(what, ConsumerGroupHeartbeat, () => bodyFor(newGroup()));
    },
  ],
  [
    "a member's id of its own making is kept",
    async ({ client, group, topic }) => {
      const raw = client("raw");
      for (const version of [0, 1]) {
        await raw.ask("joins", ConsumerGroupHeartbeat, version, entering(group, "of my own making", [topic]));
        await raw.ask("leaves", ConsumerGroupHeartbeat, version, beating(group, "of my own making", -1));
      }
      const { memberId } = await raw.ask("is given an id before v1", ConsumerGroupHeartbeat, 0, entering(group, "", [topic]));
      await raw.ask("leaves", ConsumerGroupHeartbeat, 0, beating(group, memberId, -1));
    },
  ],
  [
    "regular expressions",
    async ({ client, group, newGroup, topic }) => {
      const patterns = ["(", "[", "a{2,1}", "*", "(?=ahead)", "(a)\\1", "(?<name>a)", "a{1001}", "\\p{Nope}", "", "(a*)*b", "no-such-.*"];
      for (const subscribedTopicRegex of patterns) {
        const body = entering(newGroup(), "a", null, { subscribedTopicRegex });
        await client("raw").ask(`joins by "${subscribedTopicRegex}"`, ConsumerGroupHeartbeat, 1, body);
      }
      const a = client("a");
      const isAssigned = ({ assignment }) => assignment !== null && assignment.topicPartitions.length > 0;
      const first = await a.ask(
        "joins by the topic's name",
        ConsumerGroupHeartbeat,
        1,
        entering(group, "a", null, { subscribedTopicRegex: topic }),
      );
      await a.ask("is assigned once that is resolved", ConsumerGroupHeartbeat, 1, beating(group, "a", first.memberEpoch), isAssigned);
    },
  ],
  [
    "subscriptions",
    async ({ client, newGroup, topic }) => {
      const enter = (what, topics, more) => client("raw").ask(what, ConsumerGroupHeartbeat, 1, entering(newGroup(), "a", topics, more));
      await enter("by names and an expression", [topic], { subscribedTopicRegex: "x.*" });
      await enter("by a topic that does not exist", [`${topic}-no`]);
      await enter("by a name that is none", ["../x", ""]);
      await enter("by the same name twice", [topic, topic]);
    },
  ],
  [
    "classic members and consumer groups that do not go together",
    async ({ client, named, topic }) => {
      const raw = client("raw");
      const classic = named("classic group");
      const classicId = await stableAlone(client("a"), classic, { protocolType: "connect" });
      await raw.ask("a consumer enters a group that is no consumers'", ConsumerGroupHeartbeat, 1, entering(classic, "b", [topic]));
      await raw.ask("a classic member beats as a consumer", ConsumerGroupHeartbeat, 1, beating(classic, classicId, 1));
      const fresh = named("consumer group");
      await raw.ask("joins", ConsumerGroupHeartbeat, 1, entering(fresh, "b", [topic]));
      await raw.ask("a classic member without topics enters", JoinGroup, 9, joining(fresh, { protocols: [] }));
      await raw.ask("a classic member of another type enters", JoinGroup, 9, joining(fresh, { protocolType: "connect" }));
      await raw.ask("a classic member whose metadata is not a subscription enters", JoinGroup, 9, joining(fresh, { memberId: "x" }));
      await raw.ask("leaves", ConsumerGroupHeartbeat, 1, beating(fresh, "b", -1));
      await raw.ask("a classic member of another type enters when it is empty", JoinGroup, 9, joining(fresh, { protocolType: "connect" }));
    },
  ],
];
