// Latency of acknowledged records at a fixed rate, from when each was due: an open loop, so that a stall counts in full.
import { runLoad } from "../load.mjs";
import { observe } from "../measure/observe.mjs";
import { freshTopic, startWarm } from "./scenario.mjs";

const RATE = 1000;
const WARMUP_SECONDS = 10;

/** @type {import("./scenario.mjs").Scenario} */
export const latency = {
  about: `${RATE} records of 1 KiB a second, one partition, acks=all, no lingering, after ${WARMUP_SECONDS} s of the same`,
  needsControl: false,
  metrics: [
    { id: "p50", label: "produce latency p50", unit: "ms", better: "lower", must: 1.5, aim: 0.9 },
    { id: "p90", label: "p90", unit: "ms", better: "lower" },
    { id: "p99", label: "p99", unit: "ms", better: "lower", must: 1.5, aim: 0.7 },
    { id: "p999", label: "p99.9", unit: "ms", better: "lower" },
    { id: "max", label: "max", unit: "ms", better: "lower" },
    { id: "cpuShare", label: "broker CPU at this rate", unit: "% core", better: "lower" },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    await startWarm(bench);
    const { topic } = await freshTopic(bench);
    const seconds = settings.latencySeconds;
    const load = { broker: server.address, topic, rate: RATE, seconds, "warmup-seconds": WARMUP_SECONDS, "linger-ms": 0 };
    const seen = await observe(server.pid(), () => runLoad("latency", load));
    await runLoad("consume", { broker: server.address, topic, records: RATE * (seconds + WARMUP_SECONDS), verify: "full" });
    const { latencyMs } = seen.result;
    return {
      values: {
        p50: latencyMs.p50,
        p90: latencyMs.p90,
        p99: latencyMs.p99,
        p999: latencyMs.p999,
        max: latencyMs.max,
        cpuShare: seen.loadCpuSeconds === undefined ? undefined : (100 * seen.loadCpuSeconds) / (seconds + WARMUP_SECONDS),
      },
      raw: seen,
    };
  },
};
