// The machine: what it is, and putting its disk and page cache into a known state between runs.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);
const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;

export const describeMachine = () => ({
  cores: cpus().length,
  processor: cpus()[0]?.model ?? "unknown",
  memoryBytes: totalmem(),
  kernel: release(),
  node: process.version,
  readAheadKb: readAheadKb(),
});

/**
 * The largest read-ahead of any disk. Linux's default is 128. Each first touch of a mapped file reads that much, and Kafka maps two
 * sparse 10 MB index files per partition.
 */
export function readAheadKb() {
  const settings = readdirSync("/sys/block").map((disk) => `/sys/block/${disk}/queue/read_ahead_kb`);
  return Math.max(0, ...settings.filter((path) => existsSync(path)).map((path) => Number(readFileSync(path, "utf8"))));
}

/** Memory posing as a disk would flatter whoever writes most. @param {string} directory */
export function requireRealDisk(directory) {
  const { type } = statfsSync(directory);
  if (type === TMPFS || type === RAMFS) throw new Error(`${directory} is in memory: choose a directory on a disk with --data DIR`);
}

/** @param {string} directory */
export const freeBytes = (directory) => {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
};

/** Writes everybody's dirty pages to disk, so that no run pays for the one before it. */
export const syncDisks = () => run("sync", [], { timeout: 120_000 });

/** Empties the page cache. @returns {Promise<boolean>} false: not permitted */
export async function dropPageCache() {
  await syncDisks();
  try {
    writeFileSync("/proc/sys/vm/drop_caches", "1");
    return true;
  } catch {
    return false;
  }
}
