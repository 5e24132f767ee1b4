// What classic groups tell of themselves.

import { millis } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { testConfig } from "../testing/test-config.js";
import type { World } from "../world.js";
import { dissolved } from "./dissolution.js";
import { classicFacts } from "./facts.js";
import { simpleGroup } from "./group.js";
import { consumersGroup, member, subscriptionTo } from "./testing/members.js";

const world: World = {
  now: millis(0),
  config: testConfig,
  configOf: () => testConfig,
  newId: () => "id",
  topics: { version: 0, byName: () => undefined, byId: () => undefined, names: () => [] },
};

const topic = (name: string) => ({ name, id: undefined });
const foreign = new TextEncoder().encode("what only the members understand");
const two = consumersGroup(
  {},
  member("a", { assignment: Uint8Array.of(1) }),
  member("b", { protocols: [{ name: "range", metadata: subscriptionTo("orders", "payments") }] }),
);

describe("the topics of a classic group", () => {
  const subscribed = (group: typeof two, name: string) => classicFacts.isSubscribedTo(group, name, world);

  it("are those of all its members", () => {
    expect(["orders", "payments", "returns"].map((name) => subscribed(two, name))).toEqual([true, true, false]);
  });

  it("are read whatever version of the subscription a member has", () => {
    const future = new Uint8Array([...subscriptionTo("orders"), 1, 2, 3]);
    future.set([0, 9]);
    const group = consumersGroup({}, member("a", { protocols: [{ name: "range", metadata: future }] }));
    expect(["orders", "returns"].map((name) => subscribed(group, name))).toEqual([true, false]);
  });

  it("may be any when they cannot be read", () => {
    for (const metadata of [foreign, new Uint8Array(), Uint8Array.of(0)]) {
      expect(subscribed(consumersGroup({}, member("a", { protocols: [{ name: "range", metadata }] })), "orders")).toBe(true);
    }
  });

  it("are none when it is empty, simple, or not of consumers", () => {
    const connect = consumersGroup({ protocolType: "connect" }, member("a"));
    for (const group of [consumersGroup({ phase: "Empty" }), simpleGroup("g"), connect]) expect(subscribed(group, "orders")).toBe(false);
  });
});

describe("the offsets of a classic group", () => {
  const since = (group: typeof two, name = "returns") => classicFacts.offsetsIdleSince(group, topic(name));

  it("are idle since the group emptied, or since their commit", () => {
    expect(since(consumersGroup({ phase: "Empty" }))).toBe(7);
    expect(since(consumersGroup({ phase: "Empty", phaseSinceMs: undefined }))).toBe("commit");
    expect(since(simpleGroup("g"))).toBe("commit");
  });

  it("are idle in a living group only when it is stable and known to be subscribed to other topics", () => {
    expect(since(two)).toBe("commit");
    expect(since(two, "payments")).toBeUndefined();
    expect(since({ ...two, phase: "PreparingRebalance" })).toBeUndefined();
    expect(since(consumersGroup({ protocolType: "connect" }, member("a")))).toBeUndefined();
  });
});

describe("a classic group", () => {
  it("is listed and described, with what members say once it is settled", () => {
    expect(classicFacts.list(two)).toEqual({ groupId: "g", protocolType: "consumer", groupState: "Stable", groupType: "classic" });
    const stable = classicFacts.describe(two);
    expect(stable).toMatchObject({ groupState: "Stable", protocolType: "consumer", protocolData: "range" });
    expect(stable?.members[0]).toMatchObject({ memberMetadata: subscriptionTo("orders"), memberAssignment: Uint8Array.of(1) });
    const preparing = classicFacts.describe({ ...two, phase: "PreparingRebalance" });
    expect(preparing).toMatchObject({ groupState: "PreparingRebalance", protocolData: "" });
    expect(preparing?.members[0]).toMatchObject({ memberMetadata: new Uint8Array(), memberAssignment: Uint8Array.of(1) });
  });

  it("answers whoever waits when it ends, and leaves no timer", () => {
    const joining = { ticket: { id: 1 }, version: 9 };
    const group = consumersGroup({}, member("a", { joining }), member("b", { syncing: { id: 2 } }), member("c"));
    const { replies, timers } = dissolved(group, "REBALANCE_IN_PROGRESS", world);
    expect(replies.map(({ to, response }) => [to, response])).toMatchObject([
      [1, { errorCode: 27, memberId: "a" }],
      [2, { errorCode: 27 }],
    ]);
    expect(timers.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      ["session(g/a)", "session(g/b)", "session(g/c)", "join(g)", "sync(g)"].map((name) => `cancel ${name}`),
    );
  });
});
