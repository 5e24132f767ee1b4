// Watching a broker while a load runs: what it used, what it still does afterwards, and how busy everybody else was meanwhile.
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuSeconds, diskBytes, machineBusySeconds } from "./proc.mjs";

const WINDOW_MS = 500;
const QUIET_SHARE = 0.1; // of one core
const SETTLE_DEADLINE_MS = 60_000;

/** Waits until the broker does nothing worth mentioning for two windows in a row. @param {number} pid */
export async function settle(pid) {
  const deadline = performance.now() + SETTLE_DEADLINE_MS;
  let quiet = 0;
  while (quiet < 2 && performance.now() < deadline) {
    const before = cpuSeconds(pid);
    await sleep(WINDOW_MS);
    quiet = cpuSeconds(pid) - before < (QUIET_SHARE * WINDOW_MS) / 1000 ? quiet + 1 : 0;
  }
}

/**
 * @template T
 * @typedef {object} Observation
 * @property {T} result
 * @property {number} [cpuSeconds]        the broker's, from before the load until it has settled: work put off is work, too
 * @property {number} [loadCpuSeconds]    the broker's, while the load ran
 * @property {number} [diskWrittenBytes]
 * @property {number} [diskReadBytes]
 * @property {number} [othersShare]       how much of the machine neither the broker, the load nor this program used, 0…1
 */

/**
 * @template {{ clientCpuSeconds?: number }} T
 * @param {number | undefined} pid  undefined: a broker that cannot be watched
 * @param {() => Promise<T>} load
 * @returns {Promise<Observation<T>>}
 */
export async function observe(pid, load) {
  if (pid === undefined) return { result: await load() };
  const broker = cpuSeconds(pid);
  const disk = diskBytes(pid);
  const busy = machineBusySeconds();
  const own = process.cpuUsage();
  const begun = performance.now();

  const result = await load();
  const seconds = (performance.now() - begun) / 1000;
  const loadCpuSeconds = cpuSeconds(pid) - broker;
  const ownUse = process.cpuUsage(own);
  const known = loadCpuSeconds + (result.clientCpuSeconds ?? 0) + (ownUse.user + ownUse.system) / 1e6;
  const othersShare = Math.max(0, machineBusySeconds() - busy - known) / (seconds * cpus().length);

  await settle(pid);
  const diskAfter = diskBytes(pid);
  return {
    result,
    cpuSeconds: cpuSeconds(pid) - broker,
    loadCpuSeconds,
    diskWrittenBytes: diskAfter.written - disk.written,
    diskReadBytes: diskAfter.read - disk.read,
    othersShare,
  };
}
