// Compaction: how fast a log of which a tenth is to stay is compacted, at what cost, and what others feel of it meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { alterTopic, logBytes } from "../admin.mjs";
import { runLoad, startLoad } from "../load.mjs";
import { syncDisks } from "../measure/machine.mjs";
import { observe, settle } from "../measure/observe.mjs";
import { forgetPeak, peakResidentBytes, residentBytes } from "../measure/proc.mjs";
import { freshTopic, GB, MB, per, startWarm } from "./scenario.mjs";

/** 100 B with the key. */
const VALUE_BYTES = 92;
const RECORDS_PER_KEY = 10;
const SEGMENT_BYTES = 64 * 1024 * 1024;
const WARMUP_RECORDS = 500_000;
const RATE = 1000;
const LATENCY_WARMUP_SECONDS = 10;
const QUIET_SECONDS = 10;
/** Beyond this the figures say more about the machine than about the broker. */
const MOST_LATENESS_MS = 2;
const POLL_MS = 20;
const DEADLINE_MS = 900_000;
/** Both look as often, so that neither waits for its next look longer. */
const SETTINGS = { all: { "log.cleaner.backoff.ms": "200" } };
const HELD_OFF = { "min.compaction.lag.ms": "36000000" };
const RELEASED = { "min.compaction.lag.ms": "0" };

/**
 * A compacted topic full of records, none of which may be compacted yet. The last one rolls the segment of those before it, so that
 * all but itself can be.
 * @param {import("./scenario.mjs").Bench} bench
 * @param {number} records
 */
async function loadTable(bench, records) {
  const { address } = bench.server;
  const { topic } = await freshTopic(bench);
  const policy = { "cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.01", "segment.bytes": String(SEGMENT_BYTES) };
  await alterTopic(address, topic, { ...policy, ...HELD_OFF });
  const keys = Math.ceil(records / RECORDS_PER_KEY);
  const load = { broker: address, topic, keys, "record-bytes": VALUE_BYTES };
  await runLoad("produce", { ...load, records }, bench.settings.producer);
  await alterTopic(address, topic, { "segment.ms": "1" });
  await runLoad("produce", { ...load, records: 1, "first-sequence": records }, bench.settings.producer);
  return { topic, keys, records, bytes: await logBytes(address, topic) };
}

/** @typedef {Awaited<ReturnType<typeof loadTable>>} Table */

/**
 * Lets it be compacted and waits until it is.
 * @param {import("./scenario.mjs").Bench} bench
 * @param {Table} table
 * @returns {Promise<{ seconds: number, clientCpuSeconds?: number }>}
 */
async function compact({ server }, { topic, records }) {
  const begun = performance.now();
  await alterTopic(server.address, topic, RELEASED);
  while (server.compactedThrough(topic) < records) {
    if (performance.now() - begun > DEADLINE_MS)
      throw new Error(`compacted up to ${server.compactedThrough(topic)} of ${records} in ${DEADLINE_MS / 1000} s`);
    await sleep(POLL_MS);
  }
  return { seconds: (performance.now() - begun) / 1000 };
}

/** What is left of it, every record checked. @param {import("./scenario.mjs").Bench} bench @param {Table} table */
async function left({ server }, { topic, keys, records }) {
  const found = await runLoad("table", { broker: server.address, topic, keys, records: records + 1 });
  // The last record is not compacted, and may have a key that was there before.
  if (found.stale > 1) throw new Error(`${found.stale} records are left that have newer ones of their keys`);
  return { ...found, bytes: await logBytes(server.address, topic) };
}

/**
 * Records to another topic at a fixed rate, until `during` is over.
 * @template T
 * @param {import("./scenario.mjs").Bench} bench
 * @param {string} name  of what goes on meanwhile
 * @param {() => Promise<T>} during
 */
async function foreground(bench, name, during) {
  const { topic } = await freshTopic(bench);
  const broker = bench.server.address;
  const seconds = (2 * DEADLINE_MS) / 1000;
  const load = startLoad("latency", { broker, topic, rate: RATE, seconds, "warmup-seconds": LATENCY_WARMUP_SECONDS, "linger-ms": 0 });
  await load.until((line) => line.counting === true, LATENCY_WARMUP_SECONDS * 1000 + 30_000);
  const meanwhile = await during();
  const result = await load.finish();
  await runLoad("consume", { broker, topic, records: result.sent, verify: "full" });
  const { p99 } = result.latenessMs;
  if (p99 > MOST_LATENESS_MS) bench.note(`${bench.server.name}: the sender itself was late ${name} (p99 ${p99.toFixed(0)} ms)`);
  return { ...result, meanwhile };
}

/** @type {import("./scenario.mjs").Scenario} */
export const compaction = {
  about: "records of 100 B, a tenth as many keys, compacted once all are there; then the same while others produce",
  needsControl: true,
  onRequest: true,
  metrics: [
    { id: "mbPerSecond", label: "log compacted", unit: "MB/s", better: "higher", must: 1 },
    { id: "cpuPerGb", label: "broker CPU per GB of log", unit: "s/GB", better: "lower" },
    { id: "memory", label: "peak memory meanwhile", unit: "MB", better: "lower" },
    { id: "memoryMore", label: "of it, more than before", unit: "MB", better: "lower" },
    { id: "leftShare", label: "log size afterwards", unit: "%", better: "lower" },
    { id: "quietP50", label: "produce at 1,000/s, no compaction: p50", unit: "ms", better: "lower" },
    { id: "quietP99", label: "p99", unit: "ms", better: "lower" },
    { id: "busyP50", label: "with compaction: p50", unit: "ms", better: "lower" },
    { id: "busyP99", label: "p99", unit: "ms", better: "lower" },
    { id: "p99Ratio", label: "p99 with compaction ÷ without", unit: "×", better: "lower", mustBe: 2 },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    const records = settings.compactedRecords;
    await startWarm(bench, SETTINGS);
    const pid = server.pid();
    if (pid === undefined) throw new Error(`${server.name} has no process`);
    await compact(bench, await loadTable(bench, Math.min(records, WARMUP_RECORDS)));
    const [alone, beside] = [await loadTable(bench, records), await loadTable(bench, records)];
    await syncDisks();
    await settle(pid);
    forgetPeak(pid);
    const before = residentBytes(pid);
    const seen = await observe(pid, () => compact(bench, alone));
    const peak = peakResidentBytes(pid);
    const afterwards = await left(bench, alone);
    await settle(pid);
    const quiet = await foreground(bench, "without compaction", () => sleep(QUIET_SECONDS * 1000));
    const busy = await foreground(bench, "with compaction", () => compact(bench, beside));
    await left(bench, beside);
    return {
      values: {
        mbPerSecond: alone.bytes / MB / seen.result.seconds,
        cpuPerGb: per(seen.cpuSeconds, alone.bytes / GB),
        memory: peak / MB,
        memoryMore: (peak - before) / MB,
        leftShare: (100 * afterwards.bytes) / alone.bytes,
        quietP50: quiet.latencyMs.p50,
        quietP99: quiet.latencyMs.p99,
        busyP50: busy.latencyMs.p50,
        busyP99: busy.latencyMs.p99,
        p99Ratio: busy.latencyMs.p99 / quiet.latencyMs.p99,
      },
      raw: { alone, seen, afterwards, quiet, beside, busy },
    };
  },
};
