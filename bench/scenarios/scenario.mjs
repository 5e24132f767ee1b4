// What a scenario is, and what most of them share: a started, warmed-up broker and a topic.

import { runLoad } from "../load.mjs";
import { syncDisks } from "../measure/machine.mjs";

/**
 * A figure of a scenario. Ratios are Moldau ÷ Kafka; `must` and `aim` bound that ratio, `mustBe` bounds Moldau's own value.
 * @typedef {object} Metric
 * @property {string} id
 * @property {string} label
 * @property {string} unit
 * @property {"higher" | "lower"} better
 * @property {number} [must]
 * @property {number} [aim]
 * @property {number} [mustBe]
 *
 * @typedef {object} Bench
 * @property {import("../servers/server.mjs").Server} server
 * @property {import("../command-line.mjs").Settings} settings
 * @property {(text: string) => void} note   something the reader of the table must know
 *
 * @typedef {object} Outcome
 * @property {Record<string, number | undefined>} values  by metric id; undefined: cannot be known for this broker
 * @property {unknown} raw                                everything the load program said, for the JSON
 *
 * @typedef {object} Scenario
 * @property {string} about
 * @property {boolean} needsControl   starts and stops the broker, so a foreign one cannot take part
 * @property {boolean} [slow]         left out of --quick
 * @property {boolean} [onRequest]    runs only when --only names it
 * @property {readonly Metric[]} metrics
 * @property {(bench: Bench) => Promise<Outcome>} run
 */

export const MB = 1e6;
export const GB = 1e9;

let topicNumber = 0;

/**
 * Creates a topic nobody has used.
 * @param {Bench} bench
 * @param {number} [partitions]
 */
export async function freshTopic({ server }, partitions = 1) {
  const topic = `bench-${process.pid}-${Date.now().toString(36)}-${topicNumber++}`;
  const { seconds } = await runLoad("topic", { broker: server.address, topic, partitions, "timeout-seconds": 180 });
  return { topic, seconds };
}

/** Enough rounds for a JIT to have seen the hot paths; the same for every broker. @param {Bench} bench */
async function warmUp(bench) {
  const { server, settings } = bench;
  const rounds = 3;
  const recordBytes = 1024;
  const records = Math.ceil(settings.warmupBytes / rounds / recordBytes);
  for (let round = 0; round < rounds; round++) {
    const { topic } = await freshTopic(bench);
    await runLoad("produce", { broker: server.address, topic, records, "record-bytes": recordBytes }, settings.producer);
    await runLoad("consume", { broker: server.address, topic });
  }
  await syncDisks();
}

/**
 * Brings the broker to where measuring begins: empty, started, warmed up, nothing left to write.
 * @param {Bench} bench
 * @param {import("../servers/server.mjs").Special} [special]
 */
export async function startWarm(bench, special) {
  if (bench.server.controlled) {
    await bench.server.prepare(special);
    await bench.server.start();
  }
  await warmUp(bench);
}

/** @param {number | undefined} value @param {number} divisor */
export const per = (value, divisor) => (value === undefined ? undefined : value / divisor);
