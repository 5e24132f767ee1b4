// What Linux says about a process and all its descendants: CPU seconds, resident memory, bytes to and from disk.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

let ticksPerSecond = 0;
const clockTicks = () => (ticksPerSecond ||= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" })));

/** @param {string} path @returns {string | undefined} undefined: the process has gone */
function readProc(path) {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return undefined;
  }
}

/** The fields of /proc/PID/stat after the command's name, which may itself hold spaces and brackets. @param {number} pid */
function statFields(pid) {
  const text = readProc(`${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** @param {number} root @returns {number[]} the process and its descendants that are alive now */
export function processTree(root) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    const parent = Number.isInteger(pid) ? Number(statFields(pid)?.[1]) : Number.NaN;
    if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/**
 * CPU seconds (user + system) of all threads, dead ones included, of a process tree. Children that were waited for count too.
 * @param {number} root
 */
export function cpuSeconds(root) {
  let ticks = 0;
  for (const pid of processTree(root)) {
    const fields = statFields(pid); // [11] utime [12] stime [13] cutime [14] cstime, counted from "state"
    if (fields) ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
  }
  return ticks / clockTicks();
}

/** @param {number} root @param {string} name a line of /proc/PID/status, in kB @returns {number} bytes over the tree */
function statusBytes(root, name) {
  let kib = 0;
  for (const pid of processTree(root)) {
    const value = readProc(`${pid}/status`)?.match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))?.[1];
    kib += Number(value ?? 0);
  }
  return kib * 1024;
}

/**
 * From now on the peak is that of what follows. A process that has gone, or is not ours, keeps what it has.
 * @param {number} root
 */
export function forgetPeak(root) {
  for (const pid of processTree(root)) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, "5");
    } catch {
      // Gone, or not permitted: the peak since it started is reported, which is no less.
    }
  }
}

/** Resident bytes now. @param {number} root */
export const residentBytes = (root) => statusBytes(root, "VmRSS");
/** The most that was resident at any time so far, or since `forgetPeak`. @param {number} root */
export const peakResidentBytes = (root) => statusBytes(root, "VmHWM");

/**
 * Bytes that a process tree caused to be read from and written to disk. Buffered writes count when the page is dirtied.
 * @param {number} root
 */
export function diskBytes(root) {
  const total = { read: 0, written: 0 };
  for (const pid of processTree(root)) {
    const text = readProc(`${pid}/io`);
    total.read += Number(text?.match(/^read_bytes: (\d+)/m)?.[1] ?? 0);
    total.written += Number(text?.match(/^write_bytes: (\d+)/m)?.[1] ?? 0);
  }
  return total;
}

/** CPU seconds the whole machine has been busy since it started, stolen time included. */
export function machineBusySeconds() {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (readProc("stat") ?? "cpu 0")
    .slice(4, readProc("stat")?.indexOf("\n"))
    .trim()
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / clockTicks();
}
