// The groups machine under a clock that a test moves: what was asked and not answered, which timers run, what the topic keeps.
import { assert, millis } from "@moldau/std";
import type { GroupsCommand } from "../../commands.js";
import type { GroupsDecision } from "../../decision.js";
import { groupsMachine } from "../../machine.js";
import { keptEvents } from "../../testing/kept-events.js";
import { testConfig } from "../../testing/test-config.js";
import type { World } from "../../world.js";

export function runningMachine() {
  let state = groupsMachine.empty();
  let nowMs = 0;
  let ids = 0;
  let tickets = 0;
  const waiting = new Set<number>();
  const answers: unknown[] = [];
  const kept = keptEvents();
  const timers = new Map<string, { readonly atMs: number; readonly command: GroupsCommand }>();
  const config = { ...testConfig, groupInitialRebalanceDelayMs: 500, groupMaxSize: 6 };

  const world = (): World => ({
    now: millis(nowMs),
    config,
    configOf: () => config,
    newId: () => `id${++ids}`,
    topics: { version: 0, byName: () => undefined, byId: () => undefined, names: () => [] },
  });

  const carryOut = ({ events, replies, timers: changes }: GroupsDecision) => {
    for (const event of events) {
      kept.keep(event);
      groupsMachine.apply(state, event);
    }
    for (const { to, response } of replies) {
      assert(waiting.delete(to), "an answer is given once, to who asked");
      answers.push(response);
    }
    for (const change of changes) {
      if (change.kind === "cancel") timers.delete(change.name);
      else timers.set(change.name, { atMs: nowMs + change.afterMs, command: change.command });
    }
  };

  return {
    timers,
    waiting,
    answers,
    group: () => state.groups.get("g"),
    ask(commandFor: (ticket: { readonly id: number }) => GroupsCommand) {
      const ticket = { id: ++tickets };
      waiting.add(ticket.id);
      carryOut(groupsMachine.decide(state, commandFor(ticket), world()));
    },
    pass(ms: number) {
      const untilMs = nowMs + ms;
      for (let steps = 0; steps < 10_000; steps++) {
        const due = [...timers].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
        if (!due) break;
        timers.delete(due[0]);
        nowMs = due[1].atMs;
        carryOut(groupsMachine.decide(state, due[1].command, world()));
      }
      nowMs = untilMs;
    },
    restart() {
      state = kept.replay();
      timers.clear();
      waiting.clear();
      carryOut(groupsMachine.loaded(state, world()));
    },
  };
}
