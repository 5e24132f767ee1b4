// What compaction costs: records of 100 B over a tenth as many keys, compacted in one pass; MB/s of the log, processor time, memory, and
// how late appends of another log become durable meanwhile.
//
//   npx tsc -b packages/storage && node packages/storage/bench/compaction.mjs [directory] [records] [compression]
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { nodeDisk, systemClock, systemRandom, systemTimers } from "@moldau/env";
import { buildBatch, patchBatch } from "@moldau/records";
import { localMedium, openDirectory } from "@moldau/storage";

const MIB = 1024 * 1024;
const RECORDS_PER_BATCH = 160;
const VALUE_BYTES = 80;
const APPENDS_PER_SECOND = 1_000;
const parent = process.argv[2] ?? new URL("../", import.meta.url).pathname;
const recordCount = Number(process.argv[3] ?? 2_000_000);
const compression = process.argv[4] ?? "none";
const keyCount = recordCount / 10;
const top = await mkdtemp(join(parent, ".bench-compaction-"));
const owner = { advanced: () => {}, rolledBack: () => {}, producers: () => new Uint8Array(0), cleaned: () => {} };
const partition = (index) => ({ topicId: Buffer.from("a table".padEnd(16)).toString("base64url"), index });
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Not in order, and the same in each run. */
function keys() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Buffer.from(`key-${String(state % keyCount).padStart(10, "0")}`);
  };
}

async function append(store, log, batch) {
  const room = store.admit(batch.length);
  if (room) await room;
  patchBatch(batch, 0, { baseOffset: log.endOffset, leaderEpoch: 0 });
  return log.append(batch);
}

async function fill(store, log) {
  const next = keys();
  const value = Buffer.alloc(VALUE_BYTES);
  for (let written = 0; written < recordCount; written += RECORDS_PER_BATCH) {
    const records = Array.from({ length: RECORDS_PER_BATCH }, (_, i) => {
      value.set(systemRandom.bytes(VALUE_BYTES / 2));
      return { key: next(), value: Buffer.from(value), timestamp: 1_000 + written + i };
    });
    const appended = append(store, log, buildBatch({ records, compression }));
    if (written % (RECORDS_PER_BATCH * 256) === 0) await appended;
  }
  await store.consolidate();
}

/** Appends at a steady rate until told to stop; how long each took to be durable. */
function foreground(store, log) {
  const batch = buildBatch({ records: [{ key: Buffer.from("k"), value: Buffer.alloc(1_000), timestamp: 1 }] });
  const tookMs = [];
  const startMs = performance.now();
  const pending = [];
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) * APPENDS_PER_SECOND) / 1_000;
    for (let i = pending.length; i < due; i++) {
      // When it was due, and not when it got its turn.
      const dueMs = startMs + (i * 1_000) / APPENDS_PER_SECOND;
      pending.push(append(store, log, batch).then(() => tookMs.push(performance.now() - dueMs)));
    }
  }, 1);
  return async (what) => {
    clearInterval(timer);
    await Promise.all(pending);
    const sorted = tookMs.sort((a, b) => a - b);
    const figures = [0.5, 0.99, 0.999].map((share) => percentile(sorted, share).toFixed(2));
    console.log(`${what}: ${sorted.length} appends, p50 ${figures[0]} ms, p99 ${figures[1]} ms, p99.9 ${figures[2]} ms`);
  };
}

/** How long the event loop was held between two turns that compaction gave to others. */
const slicesMs = [];
const timers = {
  ...systemTimers,
  async yield() {
    const { active } = performance.eventLoopUtilization(sliceBegun);
    slicesMs.push(active);
    await systemTimers.yield();
    sliceBegun = performance.eventLoopUtilization();
  },
};
let sliceBegun = performance.eventLoopUtilization();

function memoryPeak() {
  let peak = 0;
  const before = process.memoryUsage().rss;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  return () => {
    clearInterval(timer);
    return `${((peak - before) / MIB).toFixed(0)} MiB more than before (${(peak / MIB).toFixed(0)} in all)`;
  };
}

async function compact(what, store, log, withAppends) {
  const logBytes = log.sizeBytes;
  const stop = withAppends && foreground(store, withAppends);
  const peak = memoryPeak();
  slicesMs.length = 0;
  const cpu = process.cpuUsage();
  const done = await store.compact(log, { below: log.highWatermark, nowMs: 1, deleteRetentionMs: 1, keyBytes: 128 * MIB, aborted: [] });
  const { user, system } = process.cpuUsage(cpu);
  const memory = peak();
  const rate = logBytes / MIB / (done.elapsedMs / 1_000);
  const cpuPerGib = (user + system) / 1e6 / (logBytes / MIB / 1024);
  console.log(`${what}: ${(logBytes / MIB).toFixed(0)} MiB in ${(done.elapsedMs / 1_000).toFixed(2)} s, ${rate.toFixed(0)} MiB/s of log,`);
  console.log(`  ${cpuPerGib.toFixed(1)} CPU s/GiB, ${done.removedRecords} records of ${recordCount} went, ${memory}`);
  const slices = slicesMs.sort((a, b) => a - b);
  const [typical, long] = [0.5, 0.99].map((share) => percentile(slices, share).toFixed(2));
  console.log(`  ${slices.length} slices: p50 ${typical} ms, p99 ${long} ms, ${slices.at(-1)?.toFixed(2)} ms at most`);
  if (stop) await stop("  appends meanwhile");
}

try {
  const ports = { disk: nodeDisk(), clock: systemClock, timers, random: systemRandom };
  const data = await openDirectory({ ...ports, directory: join(top, "data"), brokerId: 1, ...localMedium(ports) });
  const store = await data.openStore({ isLive: () => true, report: () => {} });
  const tables = [await store.open(partition(0), owner), await store.open(partition(1), owner)];
  const other = await store.open(partition(2), owner);
  for (const log of tables) await fill(store, log);
  const stop = foreground(store, other);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await stop("appends alone");
  await compact("compaction alone", store, tables[0]);
  await compact("compaction and appends", store, tables[1], other);
  await compact("once more", store, tables[0]);
  await store.close();
  await data.close();
} finally {
  await rm(top, { recursive: true, force: true });
}
