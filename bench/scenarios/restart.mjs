// Restarting under load: how long until a client that never stopped sending has its next acknowledgement. Nothing acknowledged may be missing after.
import { setTimeout as sleep } from "node:timers/promises";
import { runLoad, startLoad } from "../load.mjs";
import { freshTopic, startWarm } from "./scenario.mjs";

const LOAD_SECONDS = 5;
const PROBES_PER_SECOND = 200;
const DEADLINE_MS = 120_000;

/**
 * Reads a topic and compares it with what its producer was told.
 * @param {string} broker
 * @param {string} topic
 * @param {{ sent: number, acked: number, failed: number }} told
 */
async function requireAllStored(broker, topic, told) {
  const found = await runLoad("consume", { broker, topic, verify: "set" });
  if (found.unique < told.acked) throw new Error(`LOST: ${told.acked} records were acknowledged, ${found.unique} are there`);
  return found;
}

/**
 * @param {NodeJS.Signals} signal
 * @param {string} label
 * @param {{ mustBe?: number }} [bounds]
 * @returns {import("./scenario.mjs").Scenario}
 */
const restart = (signal, label, bounds = {}) => ({
  about: `${label} after ${LOAD_SECONDS} s of full load; from the new process's spawn to the first new acknowledgement of a client that kept sending`,
  needsControl: true,
  metrics: [
    { id: "firstAck", label: `restart after ${label} to first ack`, unit: "s", better: "lower", ...bounds },
    { id: "gone", label: `${label} until gone`, unit: "s", better: "lower" },
    { id: "silence", label: "between last ack and first new ack", unit: "s", better: "lower" },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    const broker = server.address;
    await startWarm(bench);
    const { topic } = await freshTopic(bench);
    const { topic: probeTopic } = await freshTopic(bench);
    const probe = startLoad("probe", { broker, topic: probeTopic, rate: PROBES_PER_SECOND, "linger-ms": 0 });
    let lastAckNs = 0;
    let spawnedNs = Number.POSITIVE_INFINITY;
    probe.onLine(({ atNs }) => {
      if (atNs < spawnedNs) lastAckNs = atNs;
    });
    const load = startLoad("produce", { broker, topic, seconds: 600 }, settings.producer);
    await sleep(LOAD_SECONDS * 1000);

    const gone = await server.stop(signal);
    spawnedNs = Number(server.spawn());
    // A broker that is gone acknowledges nothing, so whatever comes after the spawn is the new one's.
    const { atNs } = await probe.until((line) => line.atNs > spawnedNs, DEADLINE_MS);
    await server.answering();
    await sleep(1000);
    const told = { load: await load.finish(), probe: await probe.finish() };
    const stored = {
      load: await requireAllStored(broker, topic, told.load),
      probe: await requireAllStored(broker, probeTopic, told.probe),
    };
    return {
      values: { firstAck: (atNs - spawnedNs) / 1e9, gone, silence: (atNs - lastAckNs) / 1e9 },
      raw: { told, stored },
    };
  },
});

export const restartAfterKill = restart("SIGKILL", "kill -9", { mustBe: 1 });
export const restartAfterTerm = restart("SIGTERM", "SIGTERM");
