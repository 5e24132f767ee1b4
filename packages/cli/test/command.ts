// The real command as a process of its own: bundled from the sources as the build would, started, watched, told to stop.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const packages = new URL("../../", import.meta.url);
/** Beside src, so that what is looked up from there (package.json, node_modules) is found from here. */
const directory = fileURLToPath(new URL(`../bundle-${process.pid}/`, import.meta.url));

/** What node runs, once it is made. */
export const commandPath = `${directory}main.js`;

/** Makes the command once; returns how to take it away. */
export async function makeCommand(): Promise<() => void> {
  const alias = Object.fromEntries(
    readdirSync(packages).map((name) => [`@moldau/${name}`, fileURLToPath(new URL(`${name}/src/index.ts`, packages))]),
  );
  const bundle = await rolldown({
    input: fileURLToPath(new URL("../src/main.ts", import.meta.url)),
    platform: "node",
    resolve: { alias },
    external: (id) => !/^(\.|\/|@moldau\/)/.test(id),
  });
  await bundle.write({ dir: directory });
  await bundle.close();
  return () => rmSync(directory, { recursive: true, force: true });
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface Command {
  /** The first line of the log with this message; rejects when the process ends without it. */
  line(message: string): Promise<LogLine>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly code: number | null; readonly log: readonly LogLine[]; readonly errors: string }>;
}

const running = new Set<ChildProcess>();

/** Runs `moldau ARGS` with JSON logs. */
export function run(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Command {
  const child = spawn(process.execPath, [commandPath, ...args], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const log: LogLine[] = [];
  let errors = "";
  const waiting = new Map<string, (line: LogLine) => void>();
  createInterface(child.stdout).on("line", (text) => {
    const line = JSON.parse(text) as LogLine;
    log.push(line);
    waiting.get(line.message)?.(line);
  });
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  const ended = new Promise<{ code: number | null; log: readonly LogLine[]; errors: string }>((resolve) => {
    child.once("close", (code) => {
      running.delete(child);
      resolve({ code, log, errors });
    });
  });
  return {
    ended,
    signal: (signal) => child.kill(signal),
    line(message) {
      const seen = log.find((line) => line.message === message);
      if (seen) return Promise.resolve(seen);
      const told = new Promise<LogLine>((resolve) => waiting.set(message, resolve));
      const never = ended.then(({ code, errors }) =>
        Promise.reject(new Error(`ended with ${code} without "${message}": ${errors} ${JSON.stringify(log)}`)),
      );
      return Promise.race([told, never]);
    },
  };
}

/** Ends what tests that failed have left running. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
