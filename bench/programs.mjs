// A child program that says what it finds as lines of JSON on stdout, its complaints on stderr, and takes orders as lines on stdin.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { end, start } from "./processes.mjs";

/**
 * @typedef {Record<string, string | number | undefined>} ProgramOptions  record-bytes: 1024 → --record-bytes 1024
 * @typedef {object} RunningProgram
 * @property {Promise<any>} result  its last line; rejects when it failed
 * @property {(listener: (line: any) => void) => void} onLine
 * @property {(line: (line: any) => boolean, deadlineMs: number) => Promise<any>} until  the first line that matches, from now on
 * @property {(order: string) => void} tell
 * @property {() => Promise<any>} finish  asks it to stop and waits for its result
 * @property {() => Promise<unknown>} kill  ends it as a crash would
 */

/** @param {ProgramOptions} options */
export const toArguments = (options) =>
  Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));

/** The program's own words ("NAME: …"), if it found any; else the last line of whatever it runs on. @param {string} name @param {string} complaints */
function reason(name, complaints) {
  const lines = complaints.trim().split("\n");
  const own = lines.filter((line) => line.startsWith(`${name}: `));
  return (own.length > 0 ? own : lines.slice(-1)).join("; ");
}

/**
 * @param {string} name      what its own complaints begin with
 * @param {string} task      what it is called in errors
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {RunningProgram}
 */
export function startProgram(name, task, program, args) {
  const child = start(program, args, ["pipe", "pipe", "pipe"]);
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error(`${task} has no pipes`);
  stdin.on("error", () => {}); // it has gone, which its result tells
  let complaints = "";
  stderr.setEncoding("utf8").on("data", (text) => {
    complaints = (complaints + text).slice(-50_000);
  });
  /** @type {any} */
  let last;
  /** @type {Set<(line: any) => void>} */
  const listeners = new Set();
  const lines = createInterface({ input: stdout });
  lines.on("line", (text) => {
    last = JSON.parse(text);
    for (const listener of listeners) listener(last);
  });
  const closed = once(lines, "close");
  const result = once(child, "exit").then(async ([code, signal]) => {
    await closed;
    if (code === 0) return last;
    throw new Error(`${task} failed (${signal ?? code}): ${reason(name, complaints)}`);
  });
  result.catch(() => {}); // whoever awaits it sees the failure; nobody may be waiting yet
  return {
    result,
    onLine: (listener) => void listeners.add(listener),
    until: (matches, deadlineMs) => {
      const found = new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${task}: no answer in ${deadlineMs / 1000} s. ${reason(name, complaints)}`)),
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
    tell: (order) => void stdin.write(`${order}\n`),
    finish: async () => {
      await end(child, "SIGTERM", 60_000);
      return result;
    },
    kill: () => end(child, "SIGKILL"),
  };
}
