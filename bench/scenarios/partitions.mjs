// Many partitions: one producer, 1 KiB records round-robin over all partitions of a topic, then all of them read back.
//
// A broker's first appends to a partition cost it more than later ones (files, index pages, checkpoints), so first passes of a few
// records per partition are a figure of their own, and the sustained run comes after them. There are two: Kafka writes its index,
// and so touches its pages, only when a batch follows 4 KiB of earlier ones.
import { runLoad } from "../load.mjs";
import { readAheadKb } from "../measure/machine.mjs";
import { observe, settle } from "../measure/observe.mjs";
import { peakResidentBytes } from "../measure/proc.mjs";
import { freshTopic, GB, MB, per, startWarm } from "./scenario.mjs";

const RECORD_BYTES = 1024;
const FIRST_PASSES = 2;
const FIRST_PASS_RECORDS = 6; // per partition and pass
const DEADLINE_SECONDS = 300;
const MANY = 1000;
const USUAL_READ_AHEAD_KB = 1024;
// Kafka maps two sparse 10 MB index files per partition, and the first touch of a mapped file reads it ahead. Where the disk is set
// to read megabytes ahead, zeroing these would be all that is measured (20 × the CPU per GB), so Kafka is spared that.
const SMALL_INDEXES = { "log.index.size.max.bytes": "65536" };

/**
 * @param {number} partitions
 * @param {{ must?: number, aim?: number, slow?: boolean }} [bounds]
 * @returns {import("./scenario.mjs").Scenario}
 */
export const overPartitions = (partitions, { slow = false, ...bounds } = {}) => ({
  about: `one producer, 1 KiB records round-robin over ${count(partitions)}, acks=all, each written to before`,
  needsControl: false,
  slow,
  metrics: [
    { id: "mbPerSecond", label: `produce over ${count(partitions)}`, unit: "MB/s", better: "higher", ...bounds },
    { id: "cpuPerGb", label: "broker CPU per GB in", unit: "s/GB", better: "lower" },
    { id: "batchKb", label: "record bytes per request", unit: "kB", better: "higher" },
    { id: "firstPass", label: `the first ${FIRST_PASSES * FIRST_PASS_RECORDS} records of each`, unit: "s", better: "lower" },
    { id: "firstPassCpu", label: "broker CPU for these", unit: "s", better: "lower" },
    { id: "consume", label: "consume them all", unit: "MB/s", better: "higher" },
    { id: "create", label: "create the topic", unit: "s", better: "lower" },
    { id: "written", label: "bytes to disk per byte in", unit: "×", better: "lower" },
    { id: "peakMemory", label: "peak memory", unit: "MB", better: "lower" },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    const spared = partitions >= MANY && readAheadKb() > USUAL_READ_AHEAD_KB;
    if (spared)
      bench.note(`the disk reads ${readAheadKb()} kB ahead, so Kafka has small index files over ${count(partitions)}; see bench/README.md`);
    await startWarm(bench, spared ? { kafka: SMALL_INDEXES } : {});
    const pid = server.pid();
    const { topic, seconds: createSeconds } = await freshTopic(bench, partitions);
    if (pid !== undefined) await settle(pid);
    const target = { broker: server.address, topic, partitions, "timeout-seconds": DEADLINE_SECONDS };
    const records = Math.ceil(settings.partitionedBytes / RECORD_BYTES / partitions) * partitions;
    const first = await observe(pid, () => firstPasses({ ...target, records: FIRST_PASS_RECORDS * partitions }, settings.producer));
    const firstRecords = FIRST_PASSES * FIRST_PASS_RECORDS;
    const sustained = { ...target, records, "first-sequence": firstRecords };
    const seen = await observe(pid, () => runLoad("produce", sustained, settings.producer));
    const consumed = await runLoad("consume", { ...target, records: firstRecords * partitions + records });
    return {
      values: {
        mbPerSecond: seen.result.mbPerSecond,
        cpuPerGb: per(seen.cpuSeconds, seen.result.bytes / GB),
        batchKb: seen.result.bytes / seen.result.produceRequests / 1000,
        firstPass: first.result.seconds,
        firstPassCpu: first.cpuSeconds,
        consume: consumed.mbPerSecond,
        create: createSeconds,
        written: per(seen.diskWrittenBytes, seen.result.bytes),
        peakMemory: pid === undefined ? undefined : peakResidentBytes(pid) / MB,
      },
      raw: { first, ...seen, consumed },
    };
  },
});

/** @param {import("../programs.mjs").ProgramOptions} load @param {readonly string[]} properties */
async function firstPasses(load, properties) {
  const total = { seconds: 0, clientCpuSeconds: 0 };
  for (let pass = 0; pass < FIRST_PASSES; pass++) {
    const one = await runLoad("produce", { ...load, "first-sequence": pass * FIRST_PASS_RECORDS }, properties);
    total.seconds += one.seconds;
    total.clientCpuSeconds += one.clientCpuSeconds;
  }
  return total;
}

/** @param {number} partitions */
const count = (partitions) => `${partitions.toLocaleString("en")} partition${partitions === 1 ? "" : "s"}`;
