// Every process the benchmark starts and every directory it makes, so that all are gone when it ends, however it ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
/** @type {Set<string>} */
const directories = new Set();

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches it through cleanUp alone.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import("node:child_process").StdioOptions} stdio
 * @param {Record<string, string>} [environment] added to ours
 */
export function start(program, args, stdio, environment = {}) {
  const child = spawn(program, args, { stdio, detached: true, env: { ...process.env, ...environment } });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** @param {import("node:child_process").ChildProcess} child */
export const hasExited = (child) => child.exitCode !== null || child.signalCode !== null;

/**
 * Signals a child and waits until it is gone; after the deadline it is killed.
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 * @returns {Promise<number>} seconds until it was gone
 */
export async function end(child, signal, deadlineMs = 60_000) {
  const begun = performance.now();
  if (!hasExited(child)) {
    const gone = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => killGroup(child), deadlineMs);
    await gone;
    clearTimeout(timer);
  }
  return (performance.now() - begun) / 1000;
}

/** @param {import("node:child_process").ChildProcess} child */
function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

/** The directory is removed when the benchmark ends, if not before. @param {string} directory */
export function ownDirectory(directory) {
  directories.add(directory);
}

/** @param {string} directory */
export function removeDirectory(directory) {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  directories.delete(directory);
}

function cleanUp() {
  for (const child of running) killGroup(child);
  for (const directory of directories) removeDirectory(directory);
}

/** Call once: from then on an exit, an interruption or a crash leaves nothing behind. */
export function cleanUpAtExit() {
  process.once("exit", cleanUp);
  for (const [signal, number] of /** @type {const} */ ([
    ["SIGINT", 2],
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ])) {
    process.once(signal, () => process.exit(128 + number));
  }
}
