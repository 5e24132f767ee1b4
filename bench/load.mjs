// The load program (bench/load/*.c) seen from here: building it and running it.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startProgram, toArguments } from "./programs.mjs";

const source = fileURLToPath(new URL("./load/", import.meta.url));
const program = fileURLToPath(new URL("./build/load", import.meta.url));
const HOW_TO_GET = "The load program needs a C compiler and librdkafka: apt-get install librdkafka-dev gcc make";

/** Builds the load program if its sources are newer. Throws with the way to get what is missing. */
export function buildLoad() {
  try {
    execFileSync("make", ["--silent", "-C", source], { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  } catch (error) {
    const detail = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new Error(`${HOW_TO_GET}\n${detail}`);
  }
  if (!existsSync(program)) throw new Error(HOW_TO_GET);
}

/**
 * @param {string} command
 * @param {import("./programs.mjs").ProgramOptions} options
 * @param {readonly string[]} [properties] librdkafka properties, name=value
 */
export const startLoad = (command, options, properties = []) =>
  startProgram("load", `load ${command}`, program, [command, ...toArguments(options), ...properties.flatMap((p) => ["--set", p])]);

/**
 * Runs the load program to its end.
 * @param {string} command
 * @param {import("./programs.mjs").ProgramOptions} options
 * @param {readonly string[]} [properties]
 */
export const runLoad = (command, options, properties) => startLoad(command, options, properties).result;
