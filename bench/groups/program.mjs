// What the heartbeat programs share: their command line, their connections, finding the coordinator, their way of ending.
import { parseArgs } from "node:util";
import { FindCoordinator } from "@moldau/protocol";
import { openConnection } from "./connection.mjs";

const FIND_COORDINATOR_VERSION = 4;
const ATTEMPTS = 300;
const RETRY_MS = 100;

/** A line of JSON on stdout. @param {unknown} value */
export const say = (value) => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** @param {readonly string[]} names  options, all needed */
export function readOptions(names) {
  const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
  const text = (/** @type {string} */ name) => {
    const value = values[name];
    if (typeof value !== "string") throw new Error(`--${name} is needed`);
    return value;
  };
  return { text, number: (/** @type {string} */ name) => Number(text(name)) };
}

/** The first question for a coordinator makes the broker create its topic. @param {import("./connection.mjs").Connection} connection @param {string} group */
async function awaitCoordinator(connection, group) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { coordinators } = await connection.call(FindCoordinator, FIND_COORDINATOR_VERSION, { keyType: 0, coordinatorKeys: [group] });
    if (coordinators[0]?.errorCode === 0) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw new Error(`no coordinator for ${group} in ${(ATTEMPTS * RETRY_MS) / 1000} s`);
}

/** @param {string} address @param {number} count @param {string} group */
export async function openConnections(address, count, group) {
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(address)));
  const [first] = connections;
  if (first) await awaitCoordinator(first, group);
  return connections;
}

export const cpuSeconds = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;

/** @param {string} name @param {() => Promise<void>} main */
export function run(name, main) {
  const fail = (/** @type {unknown} */ error) => {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  };
  process.on("unhandledRejection", fail);
  main().then(() => process.exit(0), fail);
}
