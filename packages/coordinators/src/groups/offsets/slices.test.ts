// However many offsets there are, no decision takes long: passes over them are cut into slices.
import { type Millis, millis, topicId } from "@moldau/std";
import { expect, it } from "vitest";
import type { GroupsCommand } from "../commands.js";
import { groupsMachine } from "../machine.js";
import type { GroupsState } from "../state.js";
import { testConfig } from "../testing/test-config.js";
import type { World } from "../world.js";

const ORDERS = topicId("orders");
const COMMITTED_MS = 1_000_000;
const MOST_EVENTS = 12_000;

const worldAt = (now: number): World => ({
  now: millis(now) as Millis,
  config: testConfig,
  configOf: () => testConfig,
  newId: () => "id",
  topics: { version: 0, byName: () => undefined, byId: () => undefined, names: () => [] },
});

/** Groups with offsets of so many topics and partitions. */
function stateWith(groups: number, topics: number, partitions: number): GroupsState {
  const state = groupsMachine.empty();
  const committed = {
    offset: 1,
    leaderEpoch: -1,
    metadata: "",
    commitTimestampMs: COMMITTED_MS,
    expireTimestampMs: undefined,
    topicId: ORDERS,
  };
  for (let group = 0; group < groups; group++)
    for (let topic = 0; topic < topics; topic++)
      for (let partition = 0; partition < partitions; partition++)
        groupsMachine.apply(state, { kind: "offset", groupId: `g${group}`, topic: `t${topic}`, partition, committed });
  return state;
}

/** Carries out a command and those that follow at once; gives how many events each brought, and when the last timer is due. */
function carryOut(state: GroupsState, first: GroupsCommand, now: number, between: (state: GroupsState) => void = () => {}) {
  const slices: number[] = [];
  let command: GroupsCommand | undefined = first;
  let lastAfterMs: number | undefined;
  while (command) {
    const { events, timers } = groupsMachine.decide(state, command, worldAt(now));
    for (const event of events) groupsMachine.apply(state, event);
    slices.push(events.length);
    const [next] = timers;
    lastAfterMs = next?.kind === "set" ? next.afterMs : undefined;
    command = next?.kind === "set" && next.afterMs === 0 ? next.command : undefined;
    between(state);
  }
  return { slices, lastAfterMs };
}

const LATE = COMMITTED_MS + testConfig.offsetsRetentionMs;
const begin: GroupsCommand = { kind: "offsetsRetentionDue", work: undefined };

it.each([
  [20_000, 1, 1],
  [2, 10, 1_000],
  [1, 20_000, 1],
  [40, 3, 150],
])("expires the offsets of %i groups, %i topics, %i partitions in slices, and the groups with them", (groups, topics, partitions) => {
  const state = stateWith(groups, topics, partitions);
  const { slices, lastAfterMs } = carryOut(state, begin, LATE);
  expect(slices.length).toBeGreaterThan(2);
  expect(Math.max(...slices)).toBeLessThan(MOST_EVENTS);
  expect(lastAfterMs).toBe(testConfig.offsetsRetentionCheckIntervalMs);
  expect(state).toEqual(groupsMachine.empty());
});

it("looks at offsets that stay in slices too", () => {
  const state = stateWith(200, 10, 10);
  const { slices, lastAfterMs } = carryOut(state, begin, LATE - 1);
  expect(slices).toEqual(Array.from({ length: slices.length }, () => 0));
  expect(slices.length).toBeGreaterThan(2);
  expect(lastAfterMs).toBe(testConfig.offsetsRetentionCheckIntervalMs);
  expect(state.groups.size).toBe(200);
});

it("passes over a group that vanishes between two slices, and goes on with the next", () => {
  const state = stateWith(3, 5, 1_500);
  let slices = 0;
  carryOut(state, begin, LATE, () => {
    if (++slices !== 1) return;
    state.groups.delete("g0");
    state.offsets.delete("g0");
  });
  expect(state).toEqual(groupsMachine.empty());
});

it("keeps a group that commits while its offsets expire", () => {
  const state = stateWith(1, 5, 1_500);
  const committed = { offset: 2, leaderEpoch: -1, metadata: "", commitTimestampMs: LATE, expireTimestampMs: undefined, topicId: ORDERS };
  carryOut(state, begin, LATE, () => groupsMachine.apply(state, { kind: "offset", groupId: "g0", topic: "late", partition: 0, committed }));
  expect(state.offsets.get("g0")).toEqual(new Map([["late", new Map([[0, committed]])]]));
  expect(state.groups.has("g0")).toBe(true);
});

it("forgets the offsets of deleted topics in slices", () => {
  const state = stateWith(30_000, 2, 1);
  const { slices } = carryOut(state, { kind: "topicsDeleted", topics: [{ id: ORDERS, name: "t1" }] }, LATE);
  expect(slices.length).toBeGreaterThan(2);
  expect(Math.max(...slices)).toBeLessThan(MOST_EVENTS);
  expect(state.groups.size).toBe(30_000);
  expect(new Set([...state.offsets.values()].flatMap((ofGroup) => [...ofGroup.keys()]))).toEqual(new Set(["t0"]));
});
