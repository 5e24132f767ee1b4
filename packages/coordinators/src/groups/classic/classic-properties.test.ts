// Whatever is asked of a classic group, in whatever order: what must hold of it always, and that it ends.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GroupsCommand } from "../commands.js";
import { type ClassicGroup, simpleGroup } from "./group.js";
import { runningMachine } from "./testing/running-machine.js";

const HOUR_MS = 3_600_000;
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

function holds(group: ClassicGroup, { timers, waiting }: ReturnType<typeof runningMachine>): void {
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
  expect(new Set(awaited)).toEqual(waiting);
  expect(timers.has("join(g)")).toBe(group.phase === "PreparingRebalance");
  expect(timers.has("sync(g)")).toBe(group.owingSyncCount > 0);
  for (const { memberId, joining, syncing } of members) if (!joining && !syncing) expect(timers.has(`session(g/${memberId})`)).toBe(true);
  for (const memberId of group.pendingMembers.keys()) expect(timers.has(`session(g/${memberId})`)).toBe(true);
}

function play(steps: readonly Step[], machine: ReturnType<typeof runningMachine>, afterEach: () => void): void {
  const given: string[] = [];
  for (const each of steps) {
    const group = machine.group();
    if (each.kind === "tick") machine.pass(1_000);
    else if (each.kind === "wait") machine.pass(5_000);
    else {
      const known = each.kind === "join" ? "" : (given[each.who % Math.max(given.length, 1)] ?? "");
      const member = group?.kind === "classic" ? group.members.get(known) : undefined;
      const said = { ...each, instance: member ? (member.instanceId ?? "") : each.instance };
      machine.ask((ticket) => commandOf(said, known, group?.kind === "classic" ? group.generation : 0, ticket));
    }
    const now = machine.group();
    if (now?.kind === "classic")
      for (const id of [...now.members.keys(), ...now.pendingMembers.keys()]) if (!given.includes(id)) given.push(id);
    afterEach();
  }
}

describe("a classic group", () => {
  it("holds together whatever is asked of it, and is empty in the end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const machine = runningMachine();
        play(steps, machine, () => {
          const group = machine.group();
          if (group?.kind === "classic") holds(group, machine);
        });
        machine.pass(HOUR_MS);
        expect(machine.waiting.size).toBe(0);
        expect(machine.group()).toMatchObject(machine.group() ? { phase: "Empty", pendingMembers: { size: 0 } } : {});
      }),
      { numRuns: 150 },
    );
  });

  it("is after a restart what it was between its last two rebalances", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const machine = runningMachine();
        let settled: ClassicGroup | undefined;
        play(steps, machine, () => {
          const group = machine.group();
          if (group?.kind !== "classic") return;
          if (group.phase === "Empty" || group.phase === "Stable") settled = group;
          settled ??= simpleGroup("g");
        });
        machine.restart();
        const group = machine.group();
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
        holds(group, machine);
      }),
      { numRuns: 100 },
    );
  });
});
