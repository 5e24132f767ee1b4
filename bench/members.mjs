// Real members of groups (groups/members.py: librdkafka by confluent-kafka) and the raw ones (groups/*.mjs) seen from here.
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startProgram, toArguments } from "./programs.mjs";

const run = promisify(execFile);
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const REQUIREMENTS = here("./groups/requirements.txt");
const ENVIRONMENT = here("./build/python");
const python = join(ENVIRONMENT, "bin", "python");
const INSTALL_DEADLINE_MS = 300_000;
const HOW_TO_GET = "Real members of groups need Python 3 with venv: apt-get install python3-venv";

/** Installs the client if it is not there, or not the version that is asked for. */
export async function buildMembers() {
  const installed = join(ENVIRONMENT, "requirements.txt");
  if (existsSync(installed) && readFileSync(installed, "utf8") === readFileSync(REQUIREMENTS, "utf8")) return;
  try {
    await run("python3", ["-m", "venv", ENVIRONMENT], { timeout: INSTALL_DEADLINE_MS });
    await run(python, ["-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS], { timeout: INSTALL_DEADLINE_MS });
  } catch (error) {
    throw new Error(`${HOW_TO_GET}\n${error instanceof Error ? error.message : error}`);
  }
  copyFileSync(REQUIREMENTS, installed);
}

/**
 * Real members, connected but not yet subscribed when it resolves.
 * @param {import("./programs.mjs").ProgramOptions} options
 * @param {readonly string[]} properties librdkafka properties, name=value
 */
export async function startMembers(options, properties) {
  const args = [here("./groups/members.py"), ...toArguments(options), ...properties.flatMap((property) => ["--set", property])];
  const members = startProgram("members", "members of groups", python, args);
  await members.until((line) => line.ready === true, 60_000);
  return members;
}

/**
 * One of the programs that speak the protocol themselves.
 * @param {"heartbeats" | "large"} name
 * @param {import("./programs.mjs").ProgramOptions} options
 */
export const startRawMembers = (name, options) =>
  startProgram(name, `raw members (${name})`, process.execPath, [here(`./groups/${name}.mjs`), ...toArguments(options)]);
