// Child processes, each with a time bound and ended by its own process group.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();

/** Starts a program in a process group of its own, so that ending it ends what it started, and nothing else. */
export function start([program, ...args], { cwd, env, stdio = ["ignore", "pipe", "pipe"], identity } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio, detached: true, ...identity });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // already gone
  }
}

/** Asks with SIGTERM, insists with SIGKILL after graceMs. Resolves with { code, killed }. */
export async function end(child, graceMs = 5_000) {
  if (child.exitCode !== null || child.signalCode !== null) return { code: child.exitCode, killed: false };
  const exited = once(child, "exit");
  signal(child, "SIGTERM");
  const [code] = await Promise.race([exited, sleep(graceMs, ["late"])]);
  if (code !== "late") return { code, killed: false };
  signal(child, "SIGKILL");
  await exited;
  return { code: null, killed: true };
}

/** Ends at once whatever is still running: for signals and last resort. */
export function endAll() {
  for (const child of running) signal(child, "SIGKILL");
}

/** Runs a command to its end, handing over each line of output; resolves with its exit code, or "timeout" after timeoutMs. */
export async function run(command, { timeoutMs, onLine = () => {}, onErrorLine = onLine, ...options }) {
  const child = start(command, options);
  const lines = Promise.all([
    ...[createInterface({ input: child.stdout })].map((stream) => once(stream.on("line", onLine), "close")),
    ...[createInterface({ input: child.stderr })].map((stream) => once(stream.on("line", onErrorLine), "close")),
  ]);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    signal(child, "SIGKILL");
  }, timeoutMs);
  try {
    const [code] = await once(child, "exit");
    await Promise.race([lines, sleep(2_000, undefined, { ref: false })]);
    return late ? "timeout" : code;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a build command; throws with the last lines of its output when it fails. */
export async function build(command, options) {
  const tail = [];
  const keep = (line) => {
    tail.push(line);
    if (tail.length > 15) tail.shift();
  };
  const code = await run(command, { timeoutMs: 300_000, onLine: keep, ...options });
  if (code !== 0) throw new Error(`${command.slice(0, 3).join(" ")} ended with ${code}\n${tail.join("\n")}`);
  return tail;
}
