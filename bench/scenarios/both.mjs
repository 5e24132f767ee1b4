// Both at once: a producer at full speed and a consumer that reads behind it from the end of the log.
import { runLoad, startLoad } from "../load.mjs";
import { observe } from "../measure/observe.mjs";
import { peakResidentBytes } from "../measure/proc.mjs";
import { freshTopic, GB, MB, per, startWarm } from "./scenario.mjs";

const RECORD_BYTES = 1024;

/** @type {import("./scenario.mjs").Scenario} */
export const both = {
  about: "one producer at full speed and one consumer at its heels, one partition, 1 KiB records",
  needsControl: false,
  metrics: [
    { id: "produce", label: "produce while consuming", unit: "MB/s", better: "higher" },
    { id: "consume", label: "consume while producing", unit: "MB/s", better: "higher" },
    { id: "cpuPerGb", label: "broker CPU per GB in and out", unit: "s/GB", better: "lower" },
    { id: "peakMemory", label: "peak memory", unit: "MB", better: "lower" },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    await startWarm(bench);
    const { topic } = await freshTopic(bench);
    const records = Math.ceil(settings.consumeBytes / RECORD_BYTES);
    const target = { broker: server.address, topic, records };
    const seen = await observe(server.pid(), async () => {
      const consumer = startLoad("consume", { ...target, from: "end" });
      await consumer.until((line) => line.ready === true, 30_000);
      const produced = await runLoad("produce", target, settings.producer);
      const consumed = await consumer.result;
      return { produced, consumed, clientCpuSeconds: produced.clientCpuSeconds + consumed.clientCpuSeconds };
    });
    const pid = server.pid();
    const { produced, consumed } = seen.result;
    return {
      values: {
        produce: produced.mbPerSecond,
        consume: consumed.mbPerSecond,
        cpuPerGb: per(seen.cpuSeconds, produced.bytes / GB),
        peakMemory: pid === undefined ? undefined : peakResidentBytes(pid) / MB,
      },
      raw: seen,
    };
  },
};
