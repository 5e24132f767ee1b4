// Starting: from spawning the process to its first answer, on an empty data directory; then what it costs to have it idle.
import { setTimeout as sleep } from "node:timers/promises";
import { cpuSeconds, residentBytes } from "../measure/proc.mjs";
import { median } from "../statistics.mjs";
import { MB } from "./scenario.mjs";

const IDLE_SECONDS = 10;

/** @type {import("./scenario.mjs").Scenario} */
export const startUp = {
  about: `spawn to the first ApiVersions answer on an empty data directory (median of several); memory after ${IDLE_SECONDS} idle seconds`,
  needsControl: true,
  metrics: [
    { id: "start", label: "start to first answer", unit: "s", better: "lower", must: 0.1, aim: 0.05 },
    { id: "idleMemory", label: "idle memory", unit: "MB", better: "lower", must: 0.3, aim: 0.2 },
    { id: "idleCpu", label: "idle CPU", unit: "% core", better: "lower" },
  ],
  run: async ({ server, settings }) => {
    /** @type {number[]} */
    const seconds = [];
    for (let i = 0; i < settings.starts; i++) {
      await server.destroy();
      await server.prepare();
      seconds.push(await server.start());
    }
    await sleep(IDLE_SECONDS * 500);
    const pid = server.pid();
    if (pid === undefined) throw new Error(`${server.name} has no process`);
    const before = cpuSeconds(pid);
    await sleep(IDLE_SECONDS * 500);
    const idleCpu = (100 * (cpuSeconds(pid) - before)) / (IDLE_SECONDS / 2);
    return { values: { start: median(seconds), idleMemory: residentBytes(pid) / MB, idleCpu }, raw: { seconds } };
  },
};
