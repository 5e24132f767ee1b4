// What a benchmark needs of a broker: a fresh data directory, starting, stopping, its pid. Kafka and Moldau differ only in how they are launched.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { end, hasExited, ownDirectory, removeDirectory, start } from "../processes.mjs";
import { firstAnswer } from "./answers.mjs";

/**
 * Broker properties by name.
 * @typedef {Readonly<Record<string, string>>} Properties
 *
 * What a scenario sets of every broker, and of Kafka alone.
 * @typedef {object} Special
 * @property {Properties} [all]
 * @property {Properties} [kafka]
 *
 * @typedef {object} Server
 * @property {string} name
 * @property {string} address                          host:port
 * @property {boolean} controlled                      whether we start and stop it
 * @property {(special?: Special) => Promise<void>} prepare  an empty data directory, formatted if need be
 * @property {() => Promise<number>} start             seconds from spawn to the first answer
 * @property {() => bigint} spawn                      starts it without waiting; the monotonic time in ns just before
 * @property {() => Promise<void>} answering           waits for the first answer of a spawned broker
 * @property {(signal: NodeJS.Signals) => Promise<number>} stop  seconds until it was gone
 * @property {() => number | undefined} pid
 * @property {() => string} complaints                 the last warnings and errors of its log
 * @property {(topic: string) => number} compactedThrough  the offset in partition 0 up to which it was compacted, by the broker's own word
 * @property {() => Promise<void>} destroy             stops it and removes its data
 *
 * @typedef {object} Launch
 * @property {string} name
 * @property {number} port
 * @property {string} directory                        everything of this broker lives here
 * @property {(special: Special) => Promise<void>} format  called with an empty directory, before the first start
 * @property {(topic: string, log: () => string[]) => number} compactedThrough  `log`: the lines that it wrote
 * @property {(special: Special) => { program: string, args: string[], environment?: Record<string, string> }} command
 */

/** @param {Launch} launch @returns {Server} */
export function controlledServer({ name, port, directory, format, compactedThrough, command }) {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  /** @type {Special} */
  let special = {};
  const logPath = join(directory, "broker.log");
  const log = () => (existsSync(logPath) ? readFileSync(logPath, "utf8").trim().split("\n") : []);
  const tailOfLog = () => log().slice(-15).join("\n");

  const spawn = () => {
    const { program, args, environment } = command(special);
    const output = openSync(logPath, "a");
    const begunNs = process.hrtime.bigint();
    child = start(program, args, ["ignore", output, output], environment);
    closeSync(output);
    return begunNs;
  };
  const answering = () =>
    firstAnswer("127.0.0.1", port, () => (!child || hasExited(child) ? `${name} ended before it answered:\n${tailOfLog()}` : undefined));
  const stop = async (/** @type {NodeJS.Signals} */ signal) => (child ? end(child, signal) : 0);

  return {
    name,
    address: `127.0.0.1:${port}`,
    controlled: true,
    prepare: async (wanted = {}) => {
      special = wanted;
      removeDirectory(directory);
      ownDirectory(directory);
      mkdirSync(directory, { recursive: true });
      await format(special);
    },
    start: async () => {
      const begunNs = spawn();
      await answering();
      return Number(process.hrtime.bigint() - begunNs) / 1e9;
    },
    spawn,
    answering,
    stop,
    pid: () => child?.pid,
    complaints: () =>
      log()
        .filter((line) => /warn|error|fatal/i.test(line))
        .slice(-5)
        .map((line) => line.slice(0, 400))
        .join("\n"),
    compactedThrough: (topic) => compactedThrough(topic, log),
    destroy: async () => {
      await stop("SIGTERM");
      child = undefined;
      removeDirectory(directory);
    },
  };
}

/**
 * A broker somebody else runs: measured as it is, neither restarted nor emptied.
 * @param {string} text name=host:port[,pid]
 * @returns {Server}
 */
export function foreignServer(text) {
  const [, name, address, pid] = text.match(/^([^=]+)=([^=,]+:\d+)(?:,(\d+))?$/) ?? [];
  if (name === undefined || address === undefined) throw new Error(`--broker ${text}: must be name=host:port or name=host:port,pid`);
  const refuse = () => {
    throw new Error(`${name} is not ours to start or stop`);
  };
  return {
    name,
    address,
    controlled: false,
    prepare: async () => {},
    start: refuse,
    spawn: refuse,
    answering: refuse,
    stop: refuse,
    pid: () => (pid === undefined ? undefined : Number(pid)),
    complaints: () => "",
    compactedThrough: refuse,
    destroy: async () => {},
  };
}
