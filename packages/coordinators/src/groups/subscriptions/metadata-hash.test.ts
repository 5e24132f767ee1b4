// The hash over subscribed topics: equal for equal facts, different for different ones, and never another in the next release.
import { topicId } from "@moldau/std";
import { expect, it } from "vitest";
import { type HashedTopic, topicHash, topicsHash } from "./metadata-hash.js";

const topic = (name: string, racks: readonly (readonly string[])[], id = name): HashedTopic => ({
  topicId: topicId(id),
  name,
  partitionCount: racks.length,
  racks: (partition) => racks[partition] ?? [],
});
const orders = topic("orders", [["a", "b"], ["c"]]);
const payments = topic("payments", [[]]);

it("stays what it is from release to release", () => {
  expect(topicHash(orders)).toBe(-1648383044049982917n);
  expect(topicsHash([orders, payments])).toBe(4350861361086062026n);
  expect(topicsHash([])).toBe(0n);
});

it("does not depend on the order of topics or racks", () => {
  expect(topicsHash([payments, orders])).toBe(topicsHash([orders, payments]));
  expect(topicHash(topic("orders", [["b", "a"], ["c"]]))).toBe(topicHash(orders));
});

it("tells apart all that assignments depend on", () => {
  const others = [
    topic("orders", [["a", "b"], ["c"]], "other-id"),
    topic("other-name", [["a", "b"], ["c"]], "orders"),
    topic("orders", [["a", "b"], ["c"], []]),
    topic("orders", [["a", "b"]]),
    topic("orders", [["c"], ["a", "b"]]),
    topic("orders", [["ab"], ["c"]]),
    topic("orders", [["a"], ["b", "c"]]),
    topic("orders", [[], []]),
  ];
  expect(new Set([orders, ...others].map(topicHash)).size).toBe(others.length + 1);
  expect(new Set([[orders], [payments], [orders, payments]].map((topics) => topicsHash(topics))).size).toBe(3);
});

it("takes the hashes of topics from who keeps them", () => {
  expect(topicsHash([orders, payments], (each) => (each === orders ? topicHash(orders) : topicHash(payments)))).toBe(
    topicsHash([orders, payments]),
  );
  expect(topicsHash([orders], () => 1n)).not.toBe(topicsHash([orders]));
});
