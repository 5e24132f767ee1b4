// The real `moldau start` as a child process: started, killed, asked to stop; what it says is kept.
import { once } from "node:events";
import { appendFileSync, mkdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { buildDirectory, repositoryRoot } from "../../lib/paths.mjs";
import { start } from "../../lib/processes.mjs";

/** What is checked unless the command line names another. */
export const defaultCommand = join(repositoryRoot, "packages/cli/bin/moldau.js");

/** States of a thread that does nothing any more: stopped, a zombie, dead. */
const STOPPED = /^State:\s+[TZX]/m;
const GONE = "State: X";

const LOGS = join(buildDirectory, "logs");

/**
 * Starts a broker: `wrapper` is a program and its arguments to run it under, `name` that of its log file, `identity` the user and group
 * ({ uid, gid }) it runs as.
 * The result's `exited` resolves with { code, signal }, `said(text)` when a line of its log holds the text.
 */
export function startBroker({ command, port, data, name, wrapper = [], env, flags = [], identity }) {
  mkdirSync(LOGS, { recursive: true });
  const logFile = join(LOGS, `durability-${name}.log`);
  const startedMs = performance.now();
  const args = [process.execPath, command, "start", "--listen", `127.0.0.1:${port}`, "--data", data, "--http", "off", ...flags];
  const child = start([...wrapper, ...args], { env, identity });
  const lines = [];
  const listeners = new Set();
  const heard = (line) => {
    lines.push(line);
    appendFileSync(logFile, `${line}\n`);
    for (const listener of listeners) listener(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", heard);
  const exited = once(child, "close").then(([code, signal]) => ({ code, signal }));

  const said = async (text, timeoutMs = 10_000) => {
    const matches = (line) => line.includes(text);
    const before = lines.find(matches);
    if (before) return before;
    let listener;
    const line = new Promise((resolve) => {
      listener = (heardLine) => matches(heardLine) && resolve(heardLine);
      listeners.add(listener);
    });
    const ended = exited.then(({ code, signal }) => {
      const late = lines.find(matches);
      if (late) return late;
      throw new Error(`the broker ended with ${code ?? signal} and never said "${text}": ${lastWords()}`);
    });
    ended.catch(() => {});
    const timeout = sleep(timeoutMs, undefined, { ref: false }).then(() => {
      throw new Error(`the broker did not say "${text}" within ${timeoutMs} ms: ${lastWords()}`);
    });
    try {
      return await Promise.race([line, ended, timeout]);
    } finally {
      listeners.delete(listener);
    }
  };
  const lastWords = () => lines.slice(-5).join(" | ");

  return {
    pid: child.pid,
    startedMs,
    lines,
    said,
    exited,
    lastWords,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    signal: (signal) => child.kill(signal),
    /** SIGSTOP; resolves when none of its threads runs: what it has not said by then, it never says. */
    async freeze() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGSTOP");
      while (!(await isFrozen(child.pid))) await sleep(1);
    },
    /** SIGKILL to it and to what it runs under, until they are gone. */
    async kill() {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // already gone
      }
      await exited;
    },
    /** SIGTERM; resolves with { code, signal, tookMs }. */
    async stop(timeoutMs = 20_000) {
      const askedMs = performance.now();
      child.kill("SIGTERM");
      const end = await Promise.race([exited, sleep(timeoutMs, undefined, { ref: false })]);
      if (!end) {
        await this.kill();
        throw new Error(`the broker did not stop within ${timeoutMs} ms of SIGTERM: ${lastWords()}`);
      }
      return { ...end, tookMs: performance.now() - askedMs };
    },
  };
}

/** Whether all threads of the process are stopped, or it is gone. */
async function isFrozen(pid) {
  const tasks = `/proc/${pid}/task`;
  const threads = await readdir(tasks).catch(() => []);
  const statuses = await Promise.all(threads.map((thread) => readFile(`${tasks}/${thread}/status`, "utf8").catch(() => GONE)));
  return statuses.every((status) => STOPPED.test(status));
}

/** What a healthy broker says once clients can come. */
export const READY = "ready";
