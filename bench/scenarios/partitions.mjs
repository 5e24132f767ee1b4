// Many partitions: one producer, 1 KiB records round-robin over all partitions of a topic, then all of them read back.
import { runLoad } from "../load.mjs";
import { observe } from "../measure/observe.mjs";
import { peakResidentBytes } from "../measure/proc.mjs";
import { freshTopic, GB, MB, per, startWarm } from "./scenario.mjs";

const RECORD_BYTES = 1024;
const DEADLINE_SECONDS = 300;

/**
 * @param {number} partitions
 * @param {{ must?: number, aim?: number, slow?: boolean }} [bounds]
 * @returns {import("./scenario.mjs").Scenario}
 */
export const overPartitions = (partitions, { slow = false, ...bounds } = {}) => ({
  about: `one producer, 1 KiB records round-robin over ${partitions.toLocaleString("en")} partitions, acks=all`,
  needsControl: false,
  slow,
  metrics: [
    { id: "mbPerSecond", label: `produce over ${partitions.toLocaleString("en")} partitions`, unit: "MB/s", better: "higher", ...bounds },
    { id: "cpuPerGb", label: "broker CPU per GB in", unit: "s/GB", better: "lower" },
    { id: "consume", label: "consume them all", unit: "MB/s", better: "higher" },
    { id: "create", label: "create the topic", unit: "s", better: "lower" },
    { id: "written", label: "bytes to disk per byte in", unit: "×", better: "lower" },
    { id: "peakMemory", label: "peak memory", unit: "MB", better: "lower" },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    await startWarm(bench);
    const { topic, seconds: createSeconds } = await freshTopic(bench, partitions);
    const records = Math.ceil(settings.partitionedBytes / RECORD_BYTES);
    const target = { broker: server.address, topic, partitions, records, "timeout-seconds": DEADLINE_SECONDS };
    const seen = await observe(server.pid(), () => runLoad("produce", target, settings.producer));
    const consumed = await runLoad("consume", target);
    const pid = server.pid();
    return {
      values: {
        mbPerSecond: seen.result.mbPerSecond,
        cpuPerGb: per(seen.cpuSeconds, seen.result.bytes / GB),
        consume: consumed.mbPerSecond,
        create: createSeconds,
        written: per(seen.diskWrittenBytes, seen.result.bytes),
        peakMemory: pid === undefined ? undefined : peakResidentBytes(pid) / MB,
      },
      raw: { ...seen, consumed },
    };
  },
});
