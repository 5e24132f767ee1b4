// Consume what was written: the newest part again and again, the whole log, and the whole log from a cold disk.
import { runLoad } from "../load.mjs";
import { dropPageCache, syncDisks } from "../measure/machine.mjs";
import { observe, settle } from "../measure/observe.mjs";
import { freshTopic, GB, MB, per, startWarm } from "./scenario.mjs";

const RECORD_BYTES = 1024;
const TAIL_RECORDS = 62_500; // 64 MB
const TAIL_PASSES = 16;

/** One reader after another of the newest records, as consumers that keep up would. @param {string} broker @param {string} topic */
async function readTail(broker, topic) {
  const total = { bytes: 0, seconds: 0, clientCpuSeconds: 0 };
  for (let pass = 0; pass < TAIL_PASSES; pass++) {
    const one = await runLoad("consume", { broker, topic, "newest-records": TAIL_RECORDS });
    total.bytes += one.bytes;
    total.seconds += one.seconds;
    total.clientCpuSeconds += one.clientCpuSeconds;
  }
  return total;
}

/**
 * Starts the broker anew over the same data, warms it up on other records, and empties the page cache.
 * @param {import("./scenario.mjs").Bench} bench
 * @param {string} warmTopic
 */
async function becomeCold({ server, note }, warmTopic) {
  await server.stop("SIGTERM");
  await server.start();
  for (let round = 0; round < 3; round++) await runLoad("consume", { broker: server.address, topic: warmTopic });
  if (!(await dropPageCache())) note("the page cache could not be dropped (needs root): “cold” is only a restart");
}

/** @type {import("./scenario.mjs").Scenario} */
export const consume = {
  about: "one consumer, one partition, 1 KiB records that were just written",
  needsControl: false,
  metrics: [
    { id: "tail", label: "consume the tail (newest 64 MB, 16 times)", unit: "MB/s", better: "higher", must: 1, aim: 1.2 },
    { id: "tailCpuPerGb", label: "broker CPU per GB out", unit: "s/GB", better: "lower", must: 0.6, aim: 0.35 },
    { id: "log", label: "consume the whole log", unit: "MB/s", better: "higher" },
    { id: "logCpuPerGb", label: "broker CPU per GB out", unit: "s/GB", better: "lower", must: 0.6, aim: 0.35 },
    { id: "cold", label: "consume the whole log, cold", unit: "MB/s", better: "higher", must: 0.8, aim: 1 },
    { id: "coldCpuPerGb", label: "broker CPU per GB out", unit: "s/GB", better: "lower", must: 0.6, aim: 0.35 },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    const broker = server.address;
    await startWarm(bench);
    const { topic: warmTopic } = await freshTopic(bench);
    const { topic } = await freshTopic(bench);
    const records = Math.ceil(settings.consumeBytes / RECORD_BYTES);
    await runLoad("produce", { broker, topic: warmTopic, records: 200_000 });
    await runLoad("produce", { broker, topic, records });
    const pid = server.pid();
    if (pid !== undefined) await settle(pid);
    await syncDisks();

    const wholeLog = { broker, topic, records, "timeout-seconds": 1200 };
    const tail = await observe(server.pid(), () => readTail(broker, topic));
    const log = await observe(server.pid(), () => runLoad("consume", wholeLog));
    if (server.controlled) await becomeCold(bench, warmTopic);
    const cold = server.controlled ? await observe(server.pid(), () => runLoad("consume", wholeLog)) : undefined;
    await runLoad("consume", { ...wholeLog, verify: "full" });
    return {
      values: {
        tail: tail.result.bytes / tail.result.seconds / MB,
        tailCpuPerGb: per(tail.cpuSeconds, tail.result.bytes / GB),
        log: log.result.mbPerSecond,
        logCpuPerGb: per(log.cpuSeconds, log.result.bytes / GB),
        cold: cold?.result.mbPerSecond,
        coldCpuPerGb: cold && per(cold.cpuSeconds, cold.result.bytes / GB),
      },
      raw: { tail, log, cold },
    };
  },
};
