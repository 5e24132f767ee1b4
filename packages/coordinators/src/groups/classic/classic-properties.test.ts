// Whatever is asked of a classic group, in whatever order: what must hold of it always, and that it ends.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GroupsCommand } from "../commands.js";
import { type GroupWorld, groupWorld } from "../testing/group-world.js";
import { type ClassicGroup, simpleGroup } from "./group.js";

const HOUR_MS = 3_600_000;
const SETTINGS = { groupInitialRebalanceDelayMs: 500, groupMaxSize: 6 };
const named = (count: number) => fc.integer({ min: 0, max: count }).map((n) => (n === 0 ? "" : `n${n}`));

/** `who` says which of the member ids given so far is meant, `wants` which protocols it offers. */
const asked = <Kind extends string>(weight: number, kinds: readonly Kind[], versions: readonly number[]) => ({
  weight,
  arbitrary: fc.record({
    kind: fc.constantFrom(...kinds),
    who: fc.nat(),
    version: fc.constantFrom(...versions),
    instance: named(2),
    wants: fc.nat(2),
  }),
});

const step = fc.oneof(
  asked(5, ["join"], [0, 3, 5, 9]),
  asked(4, ["rejoin"], [3, 9]),
  asked(5, ["sync"], [4]),
  asked(2, ["beat"], [4]),
  asked(1, ["leave"], [2, 5]),
  asked(2, ["tick", "wait"], [0]),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const OFFERS = [["range"], ["range", "sticky"], ["sticky", "range"]] as const;

function commandOf(
  { kind, version, instance, wants }: Step,
  memberId: string,
  generation: number,
  ticket: { readonly id: number },
): GroupsCommand {
  const caller = { version, clientId: "c", clientHost: "/h" };
  const groupInstanceId = version >= 3 && instance !== "" ? instance : null;
  const about = { groupId: "g", memberId, groupInstanceId, generationId: generation };
  if (kind === "sync")
    return { kind: "syncGroup", ticket, caller, request: { ...about, protocolType: null, protocolName: null, assignments: [] } };
  if (kind === "beat") return { kind: "heartbeat", ticket, caller, request: about };
  if (kind === "leave")
    return {
      kind: "leaveGroup",
      ticket,
      caller,
      request: { groupId: "g", memberId, members: [{ memberId, groupInstanceId, reason: null }] },
    };
  const protocols = (OFFERS[wants] ?? []).map((name) => ({ name, metadata: new Uint8Array([wants]) }));
  const timeouts = { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 4_000 };
  return { kind: "joinGroup", ticket, caller, request: { ...about, ...timeouts, protocolType: "consumer", protocols, reason: null } };
}

function holds(group: ClassicGroup, { timers, waiting }: GroupWorld): void {
  const members = [...group.members.values()];
  const count = <T>(items: readonly T[], test: (item: T) => boolean) => items.filter(test).length;
  expect(group.joiningCount).toBe(count(members, ({ joining }) => joining !== undefined));
  expect(group.owingSyncCount).toBe(count(members, ({ owesSync }) => owesSync));
  const supporters = new Map<string, number>();
  for (const { protocols } of members) for (const { name } of protocols) supporters.set(name, (supporters.get(name) ?? 0) + 1);
  expect(new Map(group.supporters)).toEqual(supporters);
  const statics = members.flatMap(({ instanceId, memberId }) => (instanceId === null ? [] : [[instanceId, memberId] as const]));
  expect(new Map(group.staticMembers)).toEqual(new Map(statics));
  expect(statics.length).toBe(group.staticMembers.size);
  expect(group.leader === null ? members.length : Number(!group.members.has(group.leader))).toBe(0);
  if (group.phase === "Empty") expect(members.length).toBe(0);
  if (group.phase === "Stable" || group.phase === "CompletingRebalance") expect(members.length).toBeGreaterThan(0);
  if (group.phase !== "PreparingRebalance") expect(group.joiningCount).toBe(0);
  if (group.phase !== "CompletingRebalance") expect(members.every(({ syncing }) => !syncing)).toBe(true);
  // whoever waits is a member that waits, and nobody waits for nothing: each phase and each silent member has its timer
  const awaited = members.flatMap(({ joining, syncing }) => [joining?.ticket.id, syncing?.id]).filter((id) => id !== undefined);
  expect(new Set(awaited)).toEqual(waiting());
  expect(timers.has("join(g)")).toBe(group.phase === "PreparingRebalance");
  expect(timers.has("sync(g)")).toBe(group.owingSyncCount > 0);
  for (const { memberId, joining, syncing } of members) if (!joining && !syncing) expect(timers.has(`session(g/${memberId})`)).toBe(true);
  for (const memberId of group.pendingMembers.keys()) expect(timers.has(`session(g/${memberId})`)).toBe(true);
}

function play(steps: readonly Step[], world: GroupWorld, afterEach: () => void): void {
  const given: string[] = [];
  for (const each of steps) {
    const group = world.state().groups.get("g");
    if (each.kind === "tick") world.pass(1_000);
    else if (each.kind === "wait") world.pass(5_000);
    else {
      const known = each.kind === "join" ? "" : (given[each.who % Math.max(given.length, 1)] ?? "");
      const member = group?.kind === "classic" ? group.members.get(known) : undefined;
      const said = { ...each, instance: member ? (member.instanceId ?? "") : each.instance };
      const generation = group?.kind === "classic" ? group.generation : 0;
      world.ask(
        (ticket) => commandOf(said, known, generation, ticket),
        () => {},
      );
    }
    const now = world.state().groups.get("g");
    if (now?.kind === "classic")
      for (const id of [...now.members.keys(), ...now.pendingMembers.keys()]) if (!given.includes(id)) given.push(id);
    afterEach();
  }
}

describe("a classic group", () => {
  it("holds together whatever is asked of it, and is empty in the end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = groupWorld(SETTINGS);
        play(steps, world, () => {
          const group = world.state().groups.get("g");
          if (group?.kind === "classic") holds(group, world);
        });
        world.pass(HOUR_MS);
        expect(world.waiting().size).toBe(0);
        expect(world.state().groups.get("g")).toMatchObject(
          world.state().groups.get("g") ? { phase: "Empty", pendingMembers: { size: 0 } } : {},
        );
      }),
      { numRuns: 150 },
    );
  });

  it("is after a restart what it was between its last two rebalances", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = groupWorld(SETTINGS);
        let settled: ClassicGroup | undefined;
        play(steps, world, () => {
          const group = world.state().groups.get("g");
          if (group?.kind !== "classic") return;
          if (group.phase === "Empty" || group.phase === "Stable") settled = group;
          settled ??= simpleGroup("g");
        });
        world.restart();
        const group = world.state().groups.get("g");
        expect(group?.kind).toBe(settled?.kind);
        if (group?.kind !== "classic" || !settled) return;
        const sameHead = {
          phase: settled.phase,
          generation: settled.generation,
          leader: settled.leader,
          protocolName: settled.protocolName,
        };
        expect(group).toMatchObject(sameHead);
        expect([...group.members.values()].map(({ memberId, assignment }) => [memberId, assignment])).toEqual(
          [...settled.members.values()].map(({ memberId, assignment }) => [memberId, assignment]),
        );
        holds(group, world);
      }),
      { numRuns: 100 },
    );
  });
});
