// Everything but `moldau start` itself: help, version, the commands of the tool box, and what to answer to commands that do not exist.
import { Command, CommanderError } from "commander";
import { CommandFailed, EXIT, UsageError } from "./exit.js";
import { type CommandIo, processIo } from "./io.js";
import { START_FLAGS } from "./start/flags.js";
import { VERSION } from "./version.js";

/** A command of the tool box. What it needs is loaded when it is called. */
interface Tool {
  readonly name: string;
  readonly description: string;
  readonly load: () => Promise<(io: CommandIo) => Command>;
}

/** In the order of the help. */
const TOOLS: readonly Tool[] = [
  {
    name: "produce",
    description: "send lines, JSON or files",
    load: async () => (await import("./produce/produce-command.js")).produceCommand,
  },
  {
    name: "consume",
    description: "print records, those there are and those that come",
    load: async () => (await import("./consume/consume-command.js")).consumeCommand,
  },
  {
    name: "topic",
    description: "create, list, describe, alter, trim, delete topics",
    load: async () => (await import("./topic/topic-command.js")).topicCommand,
  },
  {
    name: "config",
    description: "show and change configurations of topics, brokers, groups",
    load: async () => (await import("./config/config-command.js")).configCommand,
  },
  {
    name: "group",
    description: "how far groups have read; move and delete them",
    load: async () => (await import("./group/group-command.js")).groupCommand,
  },
  {
    name: "cluster",
    description: "the brokers, what they can and hold",
    load: async () => (await import("./cluster/cluster-command.js")).clusterCommand,
  },
  {
    name: "transaction",
    description: "transactions that are open, and those that hang",
    load: async () => (await import("./transaction/transaction-command.js")).transactionCommand,
  },
  {
    name: "bench",
    description: "how fast a cluster takes records, gives them, and answers",
    load: async () => (await import("./bench/bench-command.js")).benchCommand,
  },
  {
    name: "log",
    description: "look at logs on this disk: what is in them, are they whole",
    load: async () => (await import("./log/log-command.js")).logCommand,
  },
];

/**
 * Runs the command that the words name; resolves to the exit code once it has ended and told whoever called what went wrong. `ioFor`
 * makes what it prints to.
 */
export async function runProgram(
  args: readonly string[],
  ioFor: (exitWith: (code: number) => void) => CommandIo = processIo,
): Promise<number> {
  let code: number = EXIT.done;
  const io = ioFor((given) => {
    code = given;
  });
  const writes: Promise<void>[] = [];
  const program = new Command("moldau")
    .description("Event streaming for every Kafka client")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showSuggestionAfterError(true);
  program.addCommand(startCommand());
  const called = args[0] === "help" ? args[1] : args[0];
  for (const { name, description, load } of TOOLS) {
    program.addCommand((name === called ? (await load())(io) : new Command(name)).description(description));
  }
  const output = { writeOut: (text: string) => void writes.push(io.write(text)), writeErr: (text: string) => io.error(text) };
  inAll(program, (command) => command.exitOverride().configureOutput(output));
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    code = exitCodeOf(error, io);
  }
  await Promise.all(writes);
  return code;
}

function startCommand(): Command {
  const start = new Command("start")
    .description("run a broker until it is stopped")
    .helpOption("-h, --help", "print help")
    .addHelpText("after", START_NOTES);
  for (const flag of START_FLAGS) start.option(`--${flag.name} <${flag.value}>`, flag.doc);
  return start;
}

/** Commands don't hand on to those below them how they end and where they print. */
function inAll(command: Command, set: (command: Command) => void): void {
  set(command);
  for (const below of command.commands) inAll(below, set);
}

/** commander throws for help and version too, with code 0; of what it calls 1 it has told what is wrong. */
function exitCodeOf(error: unknown, io: CommandIo): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (!(error instanceof UsageError || error instanceof CommandFailed)) throw error;
  io.error(`moldau: ${error.message.replaceAll("\n", "\nmoldau: ")}\n`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

const START_NOTES = `
Each flag can be a variable (MOLDAU_NODE_ID=2) or a line in the config file (node-id=2) too:
the command line comes before the variables, and those before the file.

Examples:
  moldau start
  moldau start --listen 0.0.0.0:9092 --advertise kafka.example.com:9092 --data /var/lib/moldau
  moldau start --config server.properties --set num.partitions=6
`;
