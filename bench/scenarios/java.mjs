// A second opinion from Kafka's own Java tools: ProducerPerformance and ConsumerPerformance.
import { once } from "node:events";
import { start } from "../processes.mjs";
import { kafkaPeer } from "../servers/kafka.mjs";
import { freshTopic, MB, per, startWarm } from "./scenario.mjs";

const RECORD_BYTES = 1024;
const TUNING = ["acks=all", "batch.size=262144", "linger.ms=5", "buffer.memory=134217728"];
const DEADLINE_MS = 180_000;

/** @param {string} tool @param {readonly string[]} args @returns {Promise<string>} what it printed */
async function runTool(tool, args) {
  const child = start(kafkaPeer, ["run", `org.apache.kafka.tools.${tool}`, ...args], ["ignore", "pipe", "pipe"]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (output += text));
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${tool} failed (${signal ?? code}): ${output.trim().slice(-600)}`);
  return output;
}

/** The last line: "250000 steady state records sent, 123456.7 records/sec (120.56 MB/sec), 1.23 ms avg latency, …". @param {string} output */
function producerRate(output) {
  const rate = output.match(/steady state records sent, ([\d.]+) records\/sec/)?.[1];
  if (rate === undefined) throw new Error(`ProducerPerformance said: ${output.trim().slice(-300)}`);
  return Number(rate);
}

/** One line of CSV: start, end, MB, MB/s, records, records/s, rebalance ms, fetch ms, fetch MB/s, fetch records/s. @param {string} output */
function consumerRate(output) {
  const fields =
    output
      .trim()
      .split("\n")
      .at(-1)
      ?.split(",")
      .map((field) => field.trim()) ?? [];
  const rate = Number(fields[9]);
  if (!(rate > 0)) throw new Error(`ConsumerPerformance said: ${output.trim().slice(-300)}`);
  return { rate, records: Number(fields[4]) };
}

/**
 * @param {readonly string[]} address
 * @param {import("./scenario.mjs").Bench} bench
 * @returns {Promise<{ rate: number, records: number } | undefined>} undefined: the broker has no groups, which the tool cannot do without
 */
async function consumeInGroup(address, { server, note }) {
  try {
    return consumerRate(await runTool("ConsumerPerformance", [...address, "--timeout", "30000", "--hide-header"]));
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("does not support FIND_COORDINATOR"))) throw error;
    note(`${server.name} serves no consumer groups, which Kafka's ConsumerPerformance needs`);
    return undefined;
  }
}

/** @type {import("./scenario.mjs").Scenario} */
export const java = {
  about: "Kafka's own perf tools, defaults but for acks=all, 256 KiB batches and 5 ms linger; the producer's first half not counted",
  needsControl: false,
  metrics: [
    { id: "produce", label: "Java producer (idempotent)", unit: "MB/s", better: "higher" },
    { id: "consume", label: "Java consumer (in a group)", unit: "MB/s", better: "higher" },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    await startWarm(bench);
    const { topic } = await freshTopic(bench);
    const records = Math.ceil(settings.consumeBytes / 2 / RECORD_BYTES);
    const address = ["--bootstrap-server", server.address, "--topic", topic, "--num-records", String(records)];
    const size = ["--record-size", String(RECORD_BYTES), "--throughput", "-1", "--warmup-records", String(Math.floor(records / 2))];
    const produced = producerRate(await runTool("ProducerPerformance", [...address, ...size, "--command-property", ...TUNING]));
    const consumed = await consumeInGroup(address, bench);
    if (consumed && consumed.records < records) throw new Error(`LOST: the Java consumer read ${consumed.records} of ${records} records`);
    return {
      values: { produce: (produced * RECORD_BYTES) / MB, consume: per(consumed && consumed.rate * RECORD_BYTES, MB) },
      raw: { produced, consumed },
    };
  },
};
