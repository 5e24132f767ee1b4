// The broker restarts under members that consume and commit: when does each make progress again, and does anything get lost or come twice?
//
// Progress is a record that was sent after the broker had gone, delivered to the member, and a commit of it acknowledged. The clock
// starts with the signal.
import { setTimeout as sleep } from "node:timers/promises";
import { ownershipOf } from "../groups/ownership.mjs";
import { buildMembers, startMembers } from "../members.mjs";
import { quantiles } from "../statistics.mjs";
import { forEachProtocol } from "./groups.mjs";
import { freshTopic } from "./scenario.mjs";

const RECORDS_PER_SECOND = 1000;
const STEADY_SECONDS = 5;
const AFTERWARDS_SECONDS = 3;
const DEADLINE_MS = 120_000;
const SESSION_TIMEOUT_MS = 45_000;
/** @type {readonly import("./groups.mjs").Protocol[]} */
const PROTOCOLS = ["classic", "consumer"];
/** @type {readonly { id: string, label: string, signal: NodeJS.Signals }[]} */
const STOPS = [
  { id: "Term", label: "SIGTERM", signal: "SIGTERM" },
  { id: "Kill", label: "kill -9", signal: "SIGKILL" },
];
const nowNs = () => Number(process.hrtime.bigint());

/**
 * Stops and starts the broker under the members.
 * @param {import("./scenario.mjs").Bench} bench
 * @param {import("../programs.mjs").RunningProgram} members
 * @param {number} count
 * @param {NodeJS.Signals} signal
 */
async function restart({ server }, members, count, signal) {
  /** @type {Map<number, { delivered: number, committed: number }>} */
  const progress = new Map();
  const signalledNs = nowNs();
  const goneSeconds = await server.stop(signal);
  const mark = nowNs();
  const seconds = (/** @type {number} */ atNs) => (atNs - signalledNs) / 1e9;
  members.onLine((line) => {
    if (line.mark === mark) progress.set(line.progress, { delivered: seconds(line.deliveredNs), committed: seconds(line.committedNs) });
  });
  members.tell(`mark ${mark}`);
  server.spawn();
  await server.answering();
  const answeringSeconds = seconds(nowNs());
  const deadline = performance.now() + DEADLINE_MS;
  while (progress.size < count) {
    if (performance.now() > deadline)
      throw new Error(`${signal}: ${progress.size} of ${count} members made progress in ${DEADLINE_MS / 1000} s`);
    await sleep(20);
  }
  await sleep(AFTERWARDS_SECONDS * 1000);
  const counting = members.until((line) => line.counted !== undefined, 30_000);
  members.tell("count");
  const all = [...progress.values()];
  return {
    goneSeconds,
    answeringSeconds,
    progress: quantiles(all.map(({ committed }) => committed)),
    delivered: quantiles(all.map(({ delivered }) => delivered)),
    counted: (await counting).counted,
  };
}

/** Waits until all members own their share. @param {import("../programs.mjs").RunningProgram} members @param {number} count @param {number} partitions */
async function joinAndSettle(members, count, partitions) {
  const ownership = ownershipOf(partitions);
  for (let member = 0; member < count; member++) ownership.join(String(member));
  members.onLine(({ member, took, gave }) => {
    if (took) ownership.take(String(member), took);
    if (gave) ownership.give(String(member), gave);
  });
  members.tell("join");
  const deadline = performance.now() + DEADLINE_MS;
  while (!ownership.settled()) {
    if (performance.now() > deadline) throw new Error(`${count} members did not settle in ${DEADLINE_MS / 1000} s`);
    await sleep(20);
  }
}

/** @param {import("./scenario.mjs").Bench} bench @param {import("./groups.mjs").Protocol} protocol @param {{ count: number, partitions: number }} size */
async function restarts(bench, protocol, { count, partitions }) {
  const { server, settings } = bench;
  const { topic } = await freshTopic(bench, partitions);
  const target = { broker: server.address, topic, partitions, protocol, group: "restart", members: count };
  const members = await startMembers({ ...target, "session-timeout-ms": SESSION_TIMEOUT_MS }, settings.consumer);
  await joinAndSettle(members, count, partitions);
  members.tell(`produce ${RECORDS_PER_SECOND}`);
  /** @type {Record<string, Awaited<ReturnType<typeof restart>>>} */
  const stops = {};
  for (const { id, signal } of STOPS) {
    await sleep(STEADY_SECONDS * 1000);
    stops[id] = await restart(bench, members, count, signal);
  }
  const draining = members.until((line) => line.drained !== undefined, DEADLINE_MS);
  members.tell("drain");
  const { drained } = await draining;
  members.tell("stop");
  const { clientCpuSeconds } = await members.result;
  const { missing, againAlthoughCommitted } = drained;
  if (missing > 0) throw new Error(`LOST: of ${drained.acknowledged} records ${missing} reached no member of the ${protocol} group`);
  if (againAlthoughCommitted > 0)
    throw new Error(`${againAlthoughCommitted} records came again although the ${protocol} group had committed them`);
  return { stops, drained, clientCpuSeconds };
}

/** @typedef {Awaited<ReturnType<typeof restarts>>} Seen */
/** @type {readonly (import("./scenario.mjs").Metric & { of: (seen: Seen) => number | undefined, protocol: import("./groups.mjs").Protocol })[]} */
const figures = PROTOCOLS.flatMap((protocol) => {
  const figure = { unit: "s", better: /** @type {const} */ ("lower"), protocol };
  return [
    ...STOPS.flatMap(({ id, label }) => [
      {
        ...figure,
        id: `${protocol}${id}P50`,
        label: `${protocol}, ${label}: progress p50`,
        of: (/** @type {Seen} */ seen) => seen.stops[id]?.progress.p50,
      },
      { ...figure, id: `${protocol}${id}P99`, label: "p99", of: (/** @type {Seen} */ seen) => seen.stops[id]?.progress.p99 },
      {
        ...figure,
        id: `${protocol}${id}Last`,
        label: "last member",
        mustBe: 5,
        of: (/** @type {Seen} */ seen) => seen.stops[id]?.progress.max,
      },
    ]),
    {
      ...figure,
      id: `${protocol}Skipped`,
      label: `${protocol}: skipped`,
      unit: "records",
      mustBe: 0,
      of: (/** @type {Seen} */ seen) => seen.drained.missing,
    },
    {
      ...figure,
      id: `${protocol}Again`,
      label: "again, not yet committed",
      unit: "records",
      of: (/** @type {Seen} */ seen) => seen.drained.again,
    },
    {
      ...figure,
      id: `${protocol}Committed`,
      label: "again although committed",
      unit: "records",
      mustBe: 0,
      of: (/** @type {Seen} */ seen) => seen.drained.againAlthoughCommitted,
    },
  ];
});

/** @type {import("./scenario.mjs").Scenario} */
export const groupsRestart = {
  about: `50 members consume and commit ${RECORDS_PER_SECOND} records/s; SIGTERM, later kill -9; from the signal until each has made progress`,
  needsControl: true,
  onRequest: true,
  metrics: figures,
  run: async (bench) => {
    await buildMembers();
    const { members, partitions, small } = bench.settings;
    const count = members ?? (small ? 10 : 50);
    const size = { count, partitions: partitions ?? 2 * count };
    const seen = await forEachProtocol(bench, PROTOCOLS, (protocol) => restarts(bench, protocol, size));
    const values = figures.map(({ id, of, protocol }) => {
      const outcome = seen[protocol];
      return [id, outcome && of(outcome)];
    });
    return { values: Object.fromEntries(values), raw: { ...size, ...seen } };
  },
};
