// The machine on a bench: with a clock that scenarios move, topics they make, and every outcome as a line of text.
import { type Millis, millis, type TopicId, topicId } from "@moldau/std";
import { type Arguments, readArguments } from "../../testing/scenario-arguments.js";
import type { GroupsCommand } from "../commands.js";
import type { GroupsConfig } from "../config.js";
import type { GroupsDecision } from "../decision.js";
import type { GroupsEvent } from "../events.js";
import { groupsMachine } from "../machine.js";
import type { TopicView, World } from "../world.js";
import { keptEvents } from "./kept-events.js";
import { testConfig } from "./test-config.js";

export interface Vocabulary {
  /** By the command's first word. `ticket` is what its answer is for. */
  readonly commands: Readonly<Record<string, (args: Arguments, ticket: { readonly id: number }, world: World) => GroupsCommand>>;
  /** An event's line, or undefined for one that scenarios need not see. */
  event(event: GroupsEvent): string | undefined;
  /** An answer's line; `to` is the command that it answers. */
  reply(response: unknown, to: GroupsCommand): string;
}

export interface Bench {
  /** Carries out one line; gives the lines of what came of it. */
  run(line: string): readonly string[];
}

interface Pending {
  readonly atMs: number;
  readonly command: GroupsCommand;
}

/** The id of a topic in scenarios: it reads as its name, and is a uuid that records can hold. `life` tells the later of one name apart. */
export const scenarioTopicId = (name: string, life?: string): TopicId =>
  topicId(
    `${`id-of-${life ?? ""}${name}`
      .replace(/[^\w-]/g, "_")
      .slice(0, 21)
      .padEnd(21, "_")}A`,
  );

export function scenarioBench(vocabulary: Vocabulary): Bench {
  let state = groupsMachine.empty();
  let nowMs = 1_000_000;
  let config: GroupsConfig = testConfig;
  let version = 0;
  let lastId = 0;
  let lastTicket = 0;
  const topics = new Map<string, TopicView>();
  const timers = new Map<string, Pending>();
  const asked = new Map<number, { readonly command: GroupsCommand; readonly label: string }>();
  const kept = keptEvents();

  const world = (): World => ({
    now: millis(nowMs) as Millis,
    config,
    configOf: () => config,
    newId: () => `id${++lastId}`,
    topics: {
      version,
      byName: (name) => topics.get(name),
      byId: (id) => [...topics.values()].find((topic) => topic.id === id),
      names: () => [...topics.keys()].sort(),
    },
  });

  const carryOut = (decision: GroupsDecision): string[] => {
    const lines: string[] = [];
    for (const event of decision.events) {
      kept.keep(event);
      groupsMachine.apply(state, event);
      const line = vocabulary.event(event);
      if (line !== undefined) lines.push(`event ${line}`);
    }
    for (const { to, response } of decision.replies) {
      const question = asked.get(to);
      if (!question) throw new Error(`ticket ${to} was answered twice, or never given`);
      asked.delete(to);
      lines.push(`reply ${question.label}: ${vocabulary.reply(response, question.command)}`);
    }
    for (const change of decision.timers) {
      if (change.kind === "cancel") {
        if (timers.delete(change.name)) lines.push(`timer - ${change.name}`);
        continue;
      }
      timers.set(change.name, { atMs: nowMs + change.afterMs, command: change.command });
      lines.push(`timer ${change.name} ${change.afterMs}`);
    }
    return lines;
  };

  const decide = (command: GroupsCommand): string[] => carryOut(groupsMachine.decide(state, command, world()));

  const pass = (ms: number): string[] => {
    const lines: string[] = [];
    const until = nowMs + ms;
    for (;;) {
      const due = [...timers].filter(([, { atMs }]) => atMs <= until).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
      if (!due) break;
      const [name, { atMs, command }] = due;
      timers.delete(name);
      nowMs = atMs;
      lines.push(`due ${name}`, ...decide(command));
    }
    nowMs = until;
    return lines;
  };

  const restart = (): string[] => {
    state = kept.replay();
    timers.clear();
    asked.clear();
    return carryOut(groupsMachine.loaded(state, world()));
  };

  const topic = ([name = "", count = "1", life]: readonly string[]): string[] => {
    version++;
    if (count === "-") topics.delete(name);
    else topics.set(name, { id: scenarioTopicId(name, life), name, partitionCount: Number(count), racks: () => [] });
    return [];
  };

  const set = (args: Arguments, names: readonly string[]): string[] => {
    for (const name of names) {
      const value = args.text(name);
      const now = config[name as keyof GroupsConfig];
      if (now === undefined) throw new Error(`there is no setting ${name}`);
      config = { ...config, [name]: typeof now === "number" ? Number(value) : Array.isArray(now) ? args.list(name) : value };
    }
    return [];
  };

  return {
    run(line) {
      const [word = "", ...rest] = line.trim().split(/ +/);
      const args = readArguments(rest);
      if (word === "after") return pass(Number(rest[0]));
      if (word === "restart") return restart();
      if (word === "topic") return topic(rest);
      if (word === "set")
        return set(
          args,
          rest.map((one) => one.split("=")[0] ?? ""),
        );
      const read = vocabulary.commands[word];
      if (!read) throw new Error(`no scenario knows the word ${word}`);
      const ticket = { id: ++lastTicket };
      const command = read(args, ticket, world());
      asked.set(ticket.id, { command, label: args.given("as") ?? word });
      return decide(command);
    },
  };
}
