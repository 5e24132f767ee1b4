// Produce as fast as it goes, one partition, acks=all. Every record is read back and checked afterwards.
import { runLoad } from "../load.mjs";
import { observe } from "../measure/observe.mjs";
import { peakResidentBytes } from "../measure/proc.mjs";
import { freshTopic, GB, MB, per, startWarm } from "./scenario.mjs";

/**
 * @param {object} kind
 * @param {string} kind.label
 * @param {number} kind.recordBytes
 * @param {(settings: import("../command-line.mjs").Settings) => number} kind.bytes
 * @param {number} kind.must
 * @param {number} kind.aim
 * @returns {import("./scenario.mjs").Scenario}
 */
const produce = ({ label, recordBytes, bytes, must, aim }) => ({
  about: `one producer, one partition, acks=all, ${label} records`,
  needsControl: false,
  metrics: [
    { id: "mbPerSecond", label: `produce ${label}`, unit: "MB/s", better: "higher", must, aim },
    { id: "recordsPerSecond", label: "records", unit: "k/s", better: "higher" },
    { id: "lastQuarter", label: "in its last quarter", unit: "MB/s", better: "higher", must, aim },
    { id: "cpuPerGb", label: "broker CPU per GB in", unit: "s/GB", better: "lower", must: 0.4, aim: 0.25 },
    { id: "written", label: "bytes to disk per byte in", unit: "×", better: "lower" },
    { id: "peakMemory", label: "peak memory", unit: "MB", better: "lower" },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    await startWarm(bench);
    const { topic } = await freshTopic(bench);
    const records = Math.ceil(bytes(settings) / recordBytes);
    const load = { broker: server.address, topic, records, "record-bytes": recordBytes, "timeout-seconds": 1200 };
    const seen = await observe(server.pid(), () => runLoad("produce", load, settings.producer));
    const pid = server.pid();
    const peakMemory = pid === undefined ? undefined : peakResidentBytes(pid) / MB;
    const check = await runLoad("consume", { broker: server.address, topic, records, verify: "full", "timeout-seconds": 1200 });
    const { result } = seen;
    const gigabytes = result.bytes / GB;
    return {
      values: {
        mbPerSecond: result.mbPerSecond,
        recordsPerSecond: result.recordsPerSecond / 1000,
        lastQuarter: result.bytes / 4 / MB / (result.sliceSeconds[19] - result.sliceSeconds[14]),
        cpuPerGb: per(seen.cpuSeconds, gigabytes),
        written: per(seen.diskWrittenBytes, result.bytes),
        peakMemory,
      },
      raw: { ...seen, check },
    };
  },
});

export const produce1k = produce({ label: "1 KiB", recordBytes: 1024, bytes: (settings) => settings.produceBytes, must: 2, aim: 3 });
export const produce100 = produce({ label: "100 B", recordBytes: 100, bytes: (settings) => settings.smallBytes, must: 1.4, aim: 2 });
