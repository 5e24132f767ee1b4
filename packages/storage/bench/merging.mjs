// What merging costs, and what it gains: batches written round-robin over many partitions, all read back cold, merged, all read back again.
//
//   npx tsc -b packages/storage && node packages/storage/bench/merging.mjs [directory] [MiB] [batch bytes] [partitions]
//
// Processor time is that of this process, the system's share included. Each cold read has an empty chunk cache; the page cache is the
// system's own.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { nodeDisk, systemClock, systemRandom, systemTimers } from "@moldau/env";
import { buildBatch, patchBatch } from "@moldau/records";
import { localMedium, openDirectory } from "@moldau/storage";

const parent = process.argv[2] ?? new URL("../", import.meta.url).pathname;
const totalBytes = Number(process.argv[3] ?? 512) * 2 ** 20;
const batchBytes = Number(process.argv[4] ?? 1_100);
const partitions = Number(process.argv[5] ?? 5_000);
const FETCH_BYTES = 2 ** 20;
const NEVER = 1e9;

const disk = nodeDisk();
const directory = join(await mkdtemp(join(parent, ".bench-merging-")), "data");
const owner = { advanced: () => {}, rolledBack: () => {}, producers: () => new Uint8Array(0), cleaned: () => {} };
const template = buildBatch({ records: [{ timestamp: Date.now(), value: new Uint8Array(Math.max(1, batchBytes - 80)).fill(97) }] });

async function openStore(limits) {
  const ports = { disk, clock: systemClock, timers: systemTimers, random: systemRandom };
  const data = await openDirectory({ ...ports, directory, brokerId: 1, ...localMedium(ports) });
  const store = await data.openStore({ isLive: () => true, report: () => {}, limits });
  const logs = [];
  for (let index = 0; index < partitions; index++) logs.push(await store.open({ topicId: "b3JkZXJzLW9yZGVycy1vcg", index }, owner));
  const close = () => store.close().then(() => data.close());
  return { store, logs, close };
}

async function measured(name, work) {
  const before = process.cpuUsage();
  const startMs = performance.now();
  const bytes = await work();
  const seconds = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const rate = (bytes / 1e6 / seconds).toFixed(0).padStart(6);
  console.log(`${name.padEnd(24)} ${rate} MB/s  cpu ${((user + system) / 1e6 / (bytes / 1e9)).toFixed(2)} s/GB`);
}

async function append({ store, logs }) {
  let sent = 0;
  const durable = [];
  for (let i = 0; sent < totalBytes; i++) {
    const log = logs[i % logs.length];
    const room = store.admit(template.length);
    if (room) await room;
    patchBatch(template, 0, { baseOffset: log.endOffset, leaderEpoch: 0 });
    durable.push(log.append(template));
    sent += template.length;
    if (i % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(durable);
  await store.consolidate();
  return sent;
}

async function readAll({ logs }) {
  let bytes = 0;
  for (const log of logs) {
    for (let next = 0; next < log.highWatermark; ) {
      const slice = await log.read(next, { maxBytes: FETCH_BYTES, atLeastOne: true, below: log.highWatermark });
      bytes += slice.sizeBytes;
      next += slice.sizeBytes / template.length;
      slice.release();
    }
  }
  return bytes;
}

async function merge({ store }) {
  for (let seen = -1; store.stats().mergeRounds === 0 || store.stats().mergedBytes !== seen; ) {
    seen = store.stats().mergedBytes;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return store.stats().mergedBytes;
}

try {
  const unmerged = { mergeWidth: NEVER };
  let opened = await openStore(unmerged);
  await measured("append", () => append(opened));
  await opened.close();
  opened = await openStore(unmerged);
  await measured("read before the merge", () => readAll(opened));
  await opened.close();
  opened = await openStore({});
  // A second in which nothing happens is part of its time.
  await measured("merge", () => merge(opened));
  await opened.close();
  opened = await openStore(unmerged);
  await measured("read after the merge", () => readAll(opened));
  await opened.close();
} finally {
  await rm(join(directory, ".."), { recursive: true, force: true });
}
