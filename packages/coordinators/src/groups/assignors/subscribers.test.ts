// Members and topics folded into classes and pools: never two of a kind that differ.
import { topicId } from "@moldau/std";
import { expect, it } from "vitest";
import type { AssignorMember } from "./assignor.js";
import { poolMembers, subscribers } from "./subscribers.js";

const member = (memberId: string, names: readonly string[]): AssignorMember => ({
  memberId,
  instanceId: null,
  rackId: null,
  topicIds: new Set(names.map(topicId)),
  assigned: new Map(),
});
const topics = new Map(
  ["t", "u", "v", "none"].map((name) => [
    topicId(name),
    { topicId: topicId(name), partitionCount: name === "none" ? 0 : 2, racks: () => [] },
  ]),
);
const fold = (members: readonly AssignorMember[]) =>
  subscribers({ members: new Map(members.map((each) => [each.memberId, each])), topics });

it("puts equal subscriptions into one class whatever their order, and topics of equal subscribers into one pool", () => {
  const folded = fold([member("a", ["t", "u"]), member("b", ["u", "t"]), member("c", ["u", "v", "t"]), member("d", [])]);
  expect([...folded.classOf]).toEqual([0, 0, 1, 2]);
  const pools = folded.pools.map((pool) => ({ topics: pool.topics.map((topic) => topic.topicId), members: poolMembers(folded, pool) }));
  expect(pools).toEqual([
    { topics: ["t", "u"], members: [0, 1, 2] },
    { topics: ["v"], members: [2] },
  ]);
});

it("skips topics that do not exist or have no partitions", () => {
  expect(fold([member("a", ["gone", "none"])]).pools).toEqual([]);
});

it("tells subscriptions apart whose fingerprints collide", () => {
  const names = Array.from({ length: 700 }, (_, index) => `${index}`); // pairs enough for some of 2^32 fingerprints to coincide
  const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => member(`${one}-${other}`, [one, other])));
  expect(fold(pairs).classes.length).toBe(pairs.length);
});
