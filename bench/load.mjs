// The load program (bench/load/*.c) seen from here: building it, running it, reading its JSON.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { end, start } from "./processes.mjs";

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
 * @typedef {Record<string, string | number | undefined>} LoadOptions  record-bytes: 1024 → --record-bytes 1024
 * @typedef {object} RunningLoad
 * @property {Promise<any>} result  its last line; rejects when it failed
 * @property {(listener: (line: any) => void) => void} onLine
 * @property {(line: (line: any) => boolean, deadlineMs: number) => Promise<any>} until  the first line that matches, from now on
 * @property {() => Promise<any>} finish  asks it to stop and waits for its result
 */

/** @param {LoadOptions} options */
const toArguments = (options) =>
  Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));

/** The load program's own words, if it found any; else librdkafka's last ones. @param {string} complaints */
function reason(complaints) {
  const lines = complaints.trim().split("\n");
  const own = lines.filter((line) => line.startsWith("load: "));
  return (own.length > 0 ? own : lines.slice(-1)).join("; ");
}

/**
 * @param {string} command
 * @param {LoadOptions} options
 * @param {readonly string[]} [properties] librdkafka properties, name=value
 * @returns {RunningLoad}
 */
export function startLoad(command, options, properties = []) {
  const child = start(program, [command, ...toArguments(options), ...properties.flatMap((p) => ["--set", p])], ["ignore", "pipe", "pipe"]);
  if (!child.stdout || !child.stderr) throw new Error("the load program has no pipes");
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaints = (complaints + text).slice(-50_000);
  });
  /** @type {any} */
  let last;
  /** @type {Set<(line: any) => void>} */
  const listeners = new Set();
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (text) => {
    last = JSON.parse(text);
    for (const listener of listeners) listener(last);
  });
  const closed = once(lines, "close");
  const result = once(child, "exit").then(async ([code, signal]) => {
    await closed;
    if (code === 0) return last;
    throw new Error(`load ${command} failed (${signal ?? code}): ${reason(complaints)}`);
  });
  result.catch(() => {}); // whoever awaits it sees the failure; nobody may be waiting yet
  return {
    result,
    onLine: (listener) => void listeners.add(listener),
    until: (matches, deadlineMs) => {
      const found = new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`load ${command}: no answer in ${deadlineMs / 1000} s. ${reason(complaints)}`)),
          deadlineMs,
        );
        const listener = (/** @type {any} */ line) => {
          if (!matches(line)) return;
          clearTimeout(timer);
          listeners.delete(listener);
          resolve(line);
        };
        listeners.add(listener);
        result.catch((error) => {
          clearTimeout(timer);
          reject(error);
        });
      });
      found.catch(() => {});
      return found;
    },
    finish: async () => {
      await end(child, "SIGTERM", 60_000);
      return result;
    },
  };
}

/**
 * Runs the load program to its end.
 * @param {string} command
 * @param {LoadOptions} options
 * @param {readonly string[]} [properties]
 */
export const runLoad = (command, options, properties) => startLoad(command, options, properties).result;
