// One very large group of the consumer protocol: how long it takes to form, what one more member costs, and what the others notice of it.
import { observe } from "../measure/observe.mjs";
import { cpuSeconds, peakResidentBytes } from "../measure/proc.mjs";
import { startRawMembers } from "../members.mjs";
import { median } from "../statistics.mjs";
import { forEachProtocol } from "./groups.mjs";
import { freshTopic, MB } from "./scenario.mjs";

const CONNECTIONS = 50;
const INTERVAL_MS = 5000;
const JOINS = 3;
const STEADY_SECONDS = 10;
const DEADLINE_MS = 500_000;

/** @param {import("./scenario.mjs").Bench} bench @param {{ count: number, partitions: number }} size */
async function grow(bench, { count, partitions }) {
  const { server, note } = bench;
  const { topic } = await freshTopic(bench, partitions);
  const pid = server.pid();
  /** CPU seconds of the broker when a phase began. @type {Record<string, number>} */
  const cpuAt = {};
  const seen = await observe(pid, async () => {
    const members = startRawMembers("large", {
      ...{ broker: server.address, topic, group: "large", members: count, partitions, connections: CONNECTIONS },
      ...{ "interval-ms": INTERVAL_MS, joins: JOINS, seconds: STEADY_SECONDS },
    });
    members.onLine(({ phase }) => {
      if (pid !== undefined) cpuAt[phase] = cpuSeconds(pid);
    });
    await members.until(({ phase }) => phase === "done", DEADLINE_MS);
    return members.result;
  });
  const { fenced, conflicts, joining, steady } = seen.result;
  if (fenced + conflicts > 0)
    note(`${server.name}: ${fenced} members were fenced, ${conflicts} partitions taken before they were given back`);
  const used = (/** @type {string} */ from, /** @type {string} */ to) => (cpuAt[to] ?? Number.NaN) - (cpuAt[from] ?? Number.NaN);
  const steadyShare = used("steady", "joining") / STEADY_SECONDS;
  return {
    seen,
    memory: pid && peakResidentBytes(pid) / MB,
    formCpu: pid && used("forming", "steady") - (steadyShare * STEADY_SECONDS) / 2,
    joinMs: median(joining.joinMs),
    joinCpuMs: pid && (1000 * (used("joining", "done") - steadyShare * joining.seconds)) / JOINS,
    steadyCore: pid && 100 * steadyShare,
    steadyP99: steady.answeredMs.p99,
    joiningP99: joining.answeredMs.p99,
    joiningMax: joining.answeredMs.max,
  };
}

/** @typedef {Awaited<ReturnType<typeof grow>>} Seen */
/** @type {readonly (import("./scenario.mjs").Metric & { of: (seen: Seen) => number | undefined })[]} */
const figures = [
  { id: "form", label: "large group: all join at once", unit: "s", better: "lower", of: ({ seen }) => seen.result.forming.seconds },
  { id: "formCpu", label: "broker CPU for it", unit: "s", better: "lower", of: ({ formCpu }) => formCpu },
  { id: "formP99", label: "heartbeats meanwhile, p99", unit: "ms", better: "lower", of: ({ seen }) => seen.result.forming.answeredMs.p99 },
  { id: "steadyCore", label: "heartbeats alone: CPU", unit: "% core", better: "lower", of: ({ steadyCore }) => steadyCore },
  { id: "steadyP99", label: "answered, p99", unit: "ms", better: "lower", of: ({ steadyP99 }) => steadyP99 },
  { id: "join", label: "one more joins: all owned", unit: "ms", better: "lower", of: ({ joinMs }) => joinMs },
  { id: "joinCpu", label: "broker CPU for it", unit: "ms", better: "lower", of: ({ joinCpuMs }) => joinCpuMs },
  { id: "joinP99", label: "heartbeats meanwhile, p99", unit: "ms", better: "lower", of: ({ joiningP99 }) => joiningP99 },
  { id: "joinMax", label: "max", unit: "ms", better: "lower", of: ({ joiningMax }) => joiningMax },
  { id: "memory", label: "peak memory", unit: "MB", better: "lower", of: ({ memory }) => memory },
];

/** @type {import("./scenario.mjs").Scenario} */
export const groupsLarge = {
  about: "one consumer group, 2,000 members over 10,000 partitions: all join at once, then one more at a time",
  needsControl: false,
  onRequest: true,
  metrics: figures,
  run: async (bench) => {
    const { members, partitions, small } = bench.settings;
    const count = members ?? (small ? 200 : 2000);
    const size = { count, partitions: partitions ?? 5 * count };
    const { consumer } = await forEachProtocol(bench, ["consumer"], () => grow(bench, size));
    const values = figures.map(({ id, of }) => [id, consumer && of(consumer)]);
    return { values: Object.fromEntries(values), raw: { ...size, ...consumer } };
  },
};
