#!/usr/bin/env node
// The `moldau` command. `moldau start` goes its own short way, so that a broker starts without loading what only other commands need.
import { EXIT, UsageError } from "./exit.js";

/** `npm start` may have built before it came here: that is not starting. */
const enteredMs = process.uptime() * 1000;

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command !== "start" || rest.includes("--help") || rest.includes("-h")) {
    const { runProgram } = await import("./program.js");
    return runProgram(args);
  }
  const { readSettings } = await import("./start/read-settings.js");
  const settings = await readSettings(rest);
  const { start } = await import("./start/start.js");
  return start(settings, enteredMs);
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`moldau: ${error.message.replaceAll("\n", "\nmoldau: ")}\n`);
  process.exit(EXIT.usage);
}
