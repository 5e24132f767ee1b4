// Groups among clients that tests play: a clock, topics, timers and the records that a restart finds again.
import { millis, type TopicId } from "@moldau/std";
import type { GroupsCommand } from "../commands.js";
import type { GroupsConfig } from "../config.js";
import type { GroupsDecision } from "../decision.js";
import { groupsMachine } from "../machine.js";
import type { GroupsState } from "../state.js";
import type { TopicsView, TopicView, World } from "../world.js";
import { keptEvents } from "./kept-events.js";
import { scenarioTopicId } from "./scenario-bench.js";
import { testConfig } from "./test-config.js";

type Waiting = (answer: unknown) => void;

export interface GroupWorld {
  readonly state: () => GroupsState;
  readonly topics: TopicsView;
  readonly config: GroupsConfig;
  /** Those that run, by their names. */
  readonly timers: ReadonlyMap<string, unknown>;
  /** The ids of tickets that are not answered yet. */
  waiting(): ReadonlySet<number>;
  /** Asks; `answered` is called at once, later, or never when the coordinator restarts first. */
  ask(command: (ticket: { readonly id: number }) => GroupsCommand, answered: Waiting): void;
  /** A topic is there, has more partitions, or (undefined) goes. */
  setTopic(name: string, partitionCount: number | undefined): void;
  /** Time passes, and timers come. */
  pass(ms: number): void;
  /** The state is loaded again from its records; those who wait are not answered. */
  restart(): void;
}

export function groupWorld(settings: Partial<GroupsConfig> = {}): GroupWorld {
  const config = { ...testConfig, ...settings };
  let state = groupsMachine.empty();
  let nowMs = 1_000_000;
  let lastId = 0;
  let version = 1;
  const byName = new Map<string, TopicView>();
  const byId = new Map<TopicId, TopicView>();
  const timers = new Map<string, { readonly atMs: number; readonly command: GroupsCommand }>();
  const waiting = new Map<number, Waiting>();
  const kept = keptEvents();

  const topics: TopicsView = {
    get version() {
      return version;
    },
    byName: (name) => byName.get(name),
    byId: (id) => byId.get(id),
    names: () => [...byName.keys()].sort(),
  };
  const world = (): World => ({ now: millis(nowMs), config, configOf: () => config, newId: () => `id-${++lastId}`, topics });

  const carryOut = ({ events, replies, timers: changes }: GroupsDecision): void => {
    for (const event of events) {
      kept.keep(event);
      groupsMachine.apply(state, event);
    }
    for (const change of changes) {
      if (change.kind === "cancel") timers.delete(change.name);
      else timers.set(change.name, { atMs: nowMs + change.afterMs, command: change.command });
    }
    for (const { to, response } of replies) {
      const answered = waiting.get(to);
      if (!answered) throw new Error(`ticket ${to} was answered twice, or never given`);
      waiting.delete(to);
      answered(response);
    }
  };

  return {
    state: () => state,
    topics,
    config,
    timers,
    waiting: () => new Set(waiting.keys()),
    ask(command, answered) {
      const ticket = { id: ++lastId };
      waiting.set(ticket.id, answered);
      carryOut(groupsMachine.decide(state, command(ticket), world()));
    },
    setTopic(name, partitionCount) {
      version++;
      const before = byName.get(name);
      if (before && partitionCount === undefined) byId.delete(before.id);
      if (partitionCount === undefined) byName.delete(name);
      if (partitionCount === undefined) return;
      const id = before?.id ?? scenarioTopicId(name, `${version}-`);
      const view = { id, name, partitionCount, racks: () => [] };
      byName.set(name, view);
      byId.set(id, view);
    },
    pass(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const due = [...timers].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
        if (!due) break;
        timers.delete(due[0]);
        nowMs = Math.max(nowMs, due[1].atMs);
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
