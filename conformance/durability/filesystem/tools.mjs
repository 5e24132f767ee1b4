// Small programs that the checks need from the system or from our own C, and whether they can be had.
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildDirectory } from "../../lib/paths.mjs";

const execute = promisify(execFile);
const SOURCES = fileURLToPath(new URL(".", import.meta.url));
const BUILT = join(buildDirectory, "durability-tools");

/** Runs a program to its end (30 s at most); throws with what it said when it fails. Returns its output. */
export async function runTool(program, ...args) {
  try {
    return (await execute(program, args, { timeout: 30_000 })).stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")}: ${(error.stderr || error.message).trim()}`);
  }
}

/** Compiles NAME.c beside this file; `flags` as for a library. Returns where the result is. */
export async function compile(name, flags = []) {
  await mkdir(BUILT, { recursive: true });
  const output = join(BUILT, name);
  await runTool("gcc", "-O1", "-Wall", "-o", output, ...flags, join(SOURCES, `${name}.c`));
  return output;
}

/** Why a program cannot be used, or undefined. */
export async function missing(program) {
  try {
    await execute("sh", ["-c", `command -v ${program}`]);
    return undefined;
  } catch {
    return `${program} is not installed`;
  }
}

/** Why a program that is there does not work here, or undefined. */
export const refused = (program, ...args) =>
  runTool(program, ...args).then(
    () => undefined,
    (error) => error.message,
  );
