// Everything but `moldau start` itself: help, version, and what to answer to commands that do not exist.
import { Command } from "commander";
import { EXIT } from "./exit.js";
import { START_FLAGS } from "./start/flags.js";
import { VERSION } from "./version.js";

/** Prints what was asked for and returns the exit code. */
export function runProgram(args: readonly string[]): number {
  let code: number = EXIT.done;
  const program = new Command("moldau")
    .description("Event streaming for every Kafka client")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showSuggestionAfterError(true)
    .exitOverride();
  const start = program
    .command("start")
    .description("run a broker until it is stopped")
    .helpOption("-h, --help", "print help")
    .addHelpText("after", START_NOTES)
    .exitOverride();
  for (const flag of START_FLAGS) start.option(`--${flag.name} <${flag.value}>`, flag.doc);
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    code = exitCodeOf(error);
  }
  return code;
}

/** commander throws for help and version too, with code 0; of what it calls 1 it has told what is wrong. */
function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error && "exitCode" in error)) throw error;
  return error.exitCode === 0 ? EXIT.done : EXIT.usage;
}

const START_NOTES = `
Each flag can be a variable (MOLDAU_NODE_ID=2) or a line in the config file (node-id=2) too:
the command line comes before the variables, and those before the file.

Examples:
  moldau start
  moldau start --listen 0.0.0.0:9092 --advertise kafka.example.com:9092 --data /var/lib/moldau
  moldau start --config server.properties --set num.partitions=6
`;
