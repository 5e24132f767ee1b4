// What it costs to keep very many members of small groups alive, when nothing else happens.
import { observe } from "../measure/observe.mjs";
import { peakResidentBytes } from "../measure/proc.mjs";
import { startRawMembers } from "../members.mjs";
import { forEachProtocol } from "./groups.mjs";
import { freshTopic, MB } from "./scenario.mjs";

const CONNECTIONS = 40;
/** As clients do by default, and as Kafka tells members of consumer groups to. */
const INTERVAL_MS = { classic: 3000, consumer: 5000 };
const SETTLE_DEADLINE_MS = 240_000;
const SLACK_MS = 30_000;
/** @type {readonly import("./groups.mjs").Protocol[]} */
const PROTOCOLS = ["classic", "consumer"];
const MOST_CORE_PERCENT = 20;
/** Beyond this the figures say more about the machine than about the broker. */
const MOST_LATENESS_MS = 20;

/** @param {import("./scenario.mjs").Bench} bench @param {import("./groups.mjs").Protocol} protocol @param {{ count: number, groups: number }} size */
async function beat(bench, protocol, { count, groups }) {
  const { server, note, settings } = bench;
  const [warmupSeconds, seconds] = settings.small ? [5, 10] : [15, 25];
  const { topic } = await freshTopic(bench, Math.round(count / groups));
  const members = startRawMembers("heartbeats", {
    ...{ broker: server.address, topic, protocol, groups, members: count, connections: CONNECTIONS },
    ...{ "interval-ms": INTERVAL_MS[protocol], "warmup-seconds": warmupSeconds, seconds, prefix: `heartbeats-${protocol}` },
  });
  const settling = members.until((line) => line.settledSeconds !== undefined, SETTLE_DEADLINE_MS);
  const measuring = members.until((line) => line.measuring === true, SETTLE_DEADLINE_MS + warmupSeconds * 1000 + SLACK_MS);
  const { settledSeconds } = await settling;
  await measuring;
  const seen = await observe(server.pid(), () => members.result);
  const { fenced, passed, latenessMs } = seen.result;
  if (fenced > 0 || passed > 0)
    note(`${server.name}, ${protocol}: ${fenced} members had to join again, ${passed} heartbeats waited for others`);
  if (latenessMs.p99 > MOST_LATENESS_MS)
    note(`${server.name}, ${protocol}: the members were late themselves (p99 ${latenessMs.p99.toFixed(0)} ms)`);
  const pid = server.pid();
  return {
    settledSeconds,
    corePercent: seen.loadCpuSeconds === undefined ? undefined : (100 * seen.loadCpuSeconds) / seconds,
    memory: pid === undefined ? undefined : peakResidentBytes(pid) / MB,
    seen,
  };
}

/** @typedef {Awaited<ReturnType<typeof beat>>} Seen */
/** @type {readonly (import("./scenario.mjs").Metric & { of: (seen: Seen) => number | undefined, protocol: import("./groups.mjs").Protocol })[]} */
const figures = PROTOCOLS.flatMap((protocol) => {
  const figure = { better: /** @type {const} */ ("lower"), protocol };
  const every = `${protocol} heartbeats every ${INTERVAL_MS[protocol] / 1000} s`;
  return [
    { ...figure, id: `${protocol}Core`, label: `${every}: CPU`, unit: "% core", mustBe: MOST_CORE_PERCENT, of: (seen) => seen.corePercent },
    { ...figure, id: `${protocol}P50`, label: "answered, p50", unit: "ms", of: (seen) => seen.seen.result.answeredMs.p50 },
    { ...figure, id: `${protocol}P99`, label: "answered, p99", unit: "ms", of: (seen) => seen.seen.result.answeredMs.p99 },
    { ...figure, id: `${protocol}Settle`, label: "all groups formed", unit: "s", of: (seen) => seen.settledSeconds },
    { ...figure, id: `${protocol}Memory`, label: "peak memory", unit: "MB", of: (seen) => seen.memory },
  ];
});

/** @type {import("./scenario.mjs").Scenario} */
export const groupsHeartbeats = {
  about: "10,000 members in 1,000 groups, over 40 connections, heartbeat and do nothing else; broker CPU once settled",
  needsControl: false,
  onRequest: true,
  metrics: figures,
  run: async (bench) => {
    const { members, groups, small } = bench.settings;
    const count = members ?? (small ? 1000 : 10_000);
    const size = { count, groups: groups ?? Math.max(1, Math.round(count / 10)) };
    const seen = await forEachProtocol(bench, PROTOCOLS, (protocol) => beat(bench, protocol, size));
    const values = figures.map(({ id, of, protocol }) => {
      const outcome = seen[protocol];
      return [id, outcome && of(outcome)];
    });
    return { values: Object.fromEntries(values), raw: { ...size, ...seen } };
  },
};
