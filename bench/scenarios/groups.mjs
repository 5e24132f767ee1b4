// What the scenarios of consumer groups share: which protocols a broker serves, and a broker whose settings let groups be compared.
import { ApiVersions } from "@moldau/protocol";
import { openConnection } from "../groups/connection.mjs";

/** @typedef {"classic" | "consumer"} Protocol */

/** @type {readonly Protocol[]} */
const PROTOCOLS = ["classic", "consumer"];
/** The APIs that a protocol needs, by key. */
const NEEDS = {
  classic: { FindCoordinator: 10, JoinGroup: 11, Heartbeat: 12, LeaveGroup: 13, SyncGroup: 14, OffsetCommit: 8, OffsetFetch: 9 },
  consumer: { FindCoordinator: 10, ConsumerGroupHeartbeat: 68, OffsetCommit: 8, OffsetFetch: 9 },
};
/** The session of members that crash: long enough for heartbeats every 5 s, short enough to wait for. */
export const SESSION_TIMEOUT_MS = 10_000;
/** The same for every broker, and what Kafka's own quickstart sets: the first members of a group need not wait for others. */
const NO_DELAY = { "group.initial.rebalance.delay.ms": "0" };
/** Members of consumer groups may be given up as soon as those of classic ones. */
export const SHORT_SESSIONS = {
  "group.consumer.min.session.timeout.ms": String(SESSION_TIMEOUT_MS),
  "group.consumer.session.timeout.ms": String(SESSION_TIMEOUT_MS),
};

/** An empty, started broker. One that is not ours stays as it is. @param {import("./scenario.mjs").Bench} bench @param {Record<string, string>} settings */
async function startForGroups({ server }, settings) {
  if (!server.controlled) return;
  await server.destroy();
  await server.prepare({ all: { ...NO_DELAY, ...settings } });
  await server.start();
}

/** The protocols that the broker says it serves; of the others the reader is told. @param {import("./scenario.mjs").Bench} bench */
async function servedProtocols({ server, note }) {
  const connection = await openConnection(server.address);
  const { apiKeys } = await connection.call(ApiVersions, 3, { clientSoftwareName: "bench", clientSoftwareVersion: "1" });
  connection.close();
  const offered = new Set(apiKeys.map(({ apiKey }) => apiKey));
  return PROTOCOLS.filter((protocol) => {
    const missing = Object.entries(NEEDS[protocol]).flatMap(([name, key]) => (offered.has(key) ? [] : [name]));
    if (missing.length > 0) note(`${server.name}: ${protocol} groups are not served (no ${missing.join(", ")})`);
    return missing.length === 0;
  });
}

/**
 * Runs something for each of the protocols that are served, each on a broker of its own, one after the other.
 * @template T
 * @param {import("./scenario.mjs").Bench} bench
 * @param {readonly Protocol[]} wanted
 * @param {(protocol: Protocol) => Promise<T>} run
 * @param {Record<string, string>} [settings] of the broker
 * @returns {Promise<Partial<Record<Protocol, T>>>}
 */
export async function forEachProtocol(bench, wanted, run, settings = {}) {
  /** @type {Partial<Record<Protocol, T>>} */
  const outcomes = {};
  await startForGroups(bench, settings);
  const served = await servedProtocols(bench);
  for (const [index, protocol] of wanted.filter((protocol) => served.includes(protocol)).entries()) {
    if (index > 0) await startForGroups(bench, settings);
    outcomes[protocol] = await run(protocol);
  }
  return outcomes;
}
