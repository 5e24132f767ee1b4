// Scenarios: texts that say what is asked of transactions and what comes of it. A person reads them; a test runs them.
//
//   # a comment
//   add pay 1/0 t:0,1          a command: its words are those of the vocabulary
//     event  …                 what was decided
//     reply  …
//     write  …                 the markers that the broker is asked to write
//   markers [1]                the markers asked for so far are written, or the oldest of them
//   after 60000                time passes; timers that are due come back as commands
//   restart                    what the topic keeps is read into an empty state
//   topic pay Empty 1/32765 [version=2]     an id is in the topic like this
//   set transactionVersion=1   a setting        producerIds 0     how many fresh producer ids are at hand
//
// With UPDATE_SCENARIOS=1 the outcome is written into the file instead: read what changed.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Arguments, readArguments } from "../../testing/scenario-arguments.js";
import type { TransactionsCommand } from "../commands.js";
import { transactionEvent } from "../state.js";
import { created, type TransactionStatus, type TransactionVersion } from "../transaction.js";
import type { TransactionsConfig } from "../world.js";
import { type Bench, bench, type Outcome } from "./bench.js";
import { commands, eventText, markersText, replyText } from "./vocabulary.js";

/** One test for each .txt file of the directory. */
export function describeScenarios(directory: URL): void {
  for (const name of readdirSync(directory).filter((file) => file.endsWith(".txt"))) {
    const file = new URL(name, directory);
    it(`${name.replace(/\.txt$/, "").replaceAll("-", " ")}`, () => {
      const written = readFileSync(file, "utf8");
      const outcome = run(written);
      if (process.env.UPDATE_SCENARIOS) writeFileSync(file, outcome);
      else expect(outcome).toBe(written);
    });
  }
}

function run(text: string): string {
  const lines: string[] = [];
  const carryOut = interpreter(bench());
  for (const line of text.split("\n")) {
    if (line.startsWith("  ")) continue;
    lines.push(line);
    if (line === "" || line.startsWith("#")) continue;
    lines.push(...carryOut(line).map((outcome) => `  ${outcome}`));
  }
  return lines.join("\n");
}

function interpreter(machine: Bench): (line: string) => readonly string[] {
  let lastTicket = 0;
  const asked = new Map<number, TransactionsCommand>();

  const textOf = ({ events, answers, markers, timers }: Outcome): string[] => [
    ...events.map((event) => `event ${eventText(event)}`),
    ...answers.map(({ to, response }) => {
      const command = asked.get(to);
      if (!command || !asked.delete(to)) throw new Error(`ticket ${to} was answered twice, or never given`);
      return `reply ${replyText(response, command)}`;
    }),
    ...markers.map((one) => `write ${markersText(one)}`),
    ...timers.map((change) => (change.kind === "set" ? `timer ${change.name} ${change.afterMs}` : `timer - ${change.name}`)),
  ];

  const own: Readonly<Record<string, (args: Arguments) => readonly string[]>> = {
    after: ({ words }) => machine.pass(Number(words[0])).flatMap(({ due, outcome }) => [`due ${due}`, ...textOf(outcome)]),
    markers: ({ words }) => machine.writeMarkers(words[0] === undefined ? undefined : Number(words[0])).flatMap(textOf),
    restart: () => textOf(machine.restart()),
    producerIds({ words }) {
      machine.producerIds(Number(words[0]));
      return [];
    },
    set({ named }) {
      machine.set(Object.fromEntries([...named].map(([name, value]) => setting(name, value))));
      return [];
    },
    topic(args) {
      put(machine, args);
      return [];
    },
  };

  return (line) => {
    const [word = "", ...rest] = line.trim().split(/ +/);
    const args = readArguments(rest);
    const carryOut = own[word];
    if (carryOut) return carryOut(args);
    const read = commands[word];
    if (!read) throw new Error(`no scenario knows the word ${word}`);
    const ticket = { id: ++lastTicket };
    const command = read(args, ticket);
    asked.set(ticket.id, command);
    const lines = textOf(machine.decide(command));
    if (asked.size > 0) throw new Error(`nobody answered: ${line}`);
    return lines;
  };
}

function setting(name: string, value: string): [keyof TransactionsConfig, number | boolean] {
  return [name as keyof TransactionsConfig, name === "transactionTwoPhaseCommitEnable" ? value === "true" : Number(value)];
}

function put(machine: Bench, { words, number }: Arguments): void {
  const [transactionalId = "", status = "Empty", producer = "1/0"] = words;
  const [producerId, producerEpoch] = producer.split("/").map(Number);
  const base = created(producerId ?? 1, number("timeout", 60_000), machine.now());
  const clientVersion = number("version", 0) as TransactionVersion;
  machine.put(
    transactionEvent(transactionalId, {
      ...base,
      status: status as TransactionStatus,
      producerEpoch: producerEpoch ?? 0,
      clientVersion,
      startedAtMs: status === "Empty" ? -1 : machine.now(),
    }),
  );
}
