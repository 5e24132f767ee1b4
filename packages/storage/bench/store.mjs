// What the log store does on a real disk with consolidation running: sustained appends, then reads from the tail, then cold reads.
//
//   npx tsc -b packages/storage && node packages/storage/bench/store.mjs [directory] [GiB] [batch bytes] [partitions] [append] [copy]
//
// Appends keep a bounded number of bytes in flight, as many producers do. Processor time is that of this process, the system's share
// included. Reads do not copy; a cold read drops nothing from the page cache but uses an empty cache of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { nodeDisk, systemClock, systemRandom, systemTimers } from "@moldau/env";
import { buildBatch, patchBatch } from "@moldau/records";
import { localMedium, openDirectory } from "@moldau/storage";

const parent = process.argv[2] ?? new URL("../", import.meta.url).pathname;
const totalBytes = Number(process.argv[3] ?? 4) * 2 ** 30;
const batchBytes = Number(process.argv[4] ?? 2 ** 20);
const partitions = Number(process.argv[5] ?? 1);
/** Leaves the reads out, for profiles. */
const appendOnly = process.argv[6] === "append";
/** No journal file becomes a segment: all is copied. */
const limits = process.argv[7] === "copy" ? { promotedShare: 2 } : {};
const IN_FLIGHT_BYTES = 16 * 2 ** 20;
const FETCH_BYTES = 2 ** 20;

const disk = nodeDisk();
const directory = join(await mkdtemp(join(parent, ".bench-store-")), "data");
const topicId = "b3JkZXJzLW9yZGVycy1vcg";
const owner = { advanced: () => {}, rolledBack: () => {}, producers: () => new Uint8Array(0) };
const events = [];

async function openStore() {
  const data = await openDirectory({
    disk,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    directory,
    brokerId: 1,
    ...localMedium({ disk, timers: systemTimers }),
  });
  const store = await data.openStore({ isLive: () => true, report: (event) => events.push(event), limits });
  return { data, store };
}

async function measured(name, bytesOf, work) {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
  const result = await work();
  clearInterval(watch);
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const bytes = bytesOf(result);
  const perGb = (micros) => (micros / 1e6 / (bytes / 1e9)).toFixed(2);
  console.log(
    `${name.padEnd(24)} ${(bytes / 1e6 / seconds).toFixed(0).padStart(6)} MB/s  cpu ${perGb(user + system)} s/GB (user ${perGb(user)}, system ${perGb(system)})  rss peak ${(peak / 2 ** 20).toFixed(0)} MiB`,
  );
  return result;
}

const template = buildBatch({ records: [{ timestamp: Date.now(), value: new Uint8Array(Math.max(1, batchBytes - 80)).fill(97) }] });

async function append(store, logs) {
  let sent = 0;
  let inFlight = 0;
  let wake = () => {};
  for (let i = 0; sent < totalBytes; i++) {
    const log = logs[i % logs.length];
    while (inFlight >= IN_FLIGHT_BYTES) await new Promise((resolve) => (wake = resolve));
    const room = store.admit(template.length);
    if (room) await room;
    patchBatch(template, 0, { baseOffset: log.endOffset, leaderEpoch: 0 });
    inFlight += template.length;
    sent += template.length;
    void log.append(template).then(() => {
      inFlight -= template.length;
      wake();
    });
    if (i % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  while (inFlight > 0) await new Promise((resolve) => (wake = resolve));
  return sent;
}

async function readAll(log, fromOf, toBytes) {
  let bytes = 0;
  let reads = 0;
  for (let next = fromOf; next < log.highWatermark && bytes < toBytes; ) {
    const given = log.read(next, { maxBytes: FETCH_BYTES, atLeastOne: true, below: log.highWatermark });
    const slice = given instanceof Promise ? await given : given;
    bytes += slice.sizeBytes;
    next += slice.sizeBytes / template.length;
    slice.release();
    if (++reads % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return bytes;
}

try {
  let { data, store } = await openStore();
  const open = (index) => store.open({ topicId, index }, owner);
  let logs = [];
  for (let i = 0; i < partitions; i++) logs.push(await open(i));
  await measured(
    `append ${partitions} × ${batchBytes}`,
    (bytes) => bytes,
    () => append(store, logs),
  );
  console.log(JSON.stringify(store.stats()));
  if (!appendOnly)
    await measured(
      "read the tail",
      (bytes) => bytes,
      async () => {
        let bytes = 0;
        for (const one of logs) bytes += await readAll(one, one.tailStartOffset, Number.POSITIVE_INFINITY);
        return Math.max(1, bytes);
      },
    );
  const closing = performance.now();
  await store.close();
  await data.close();
  console.log(`close ${(performance.now() - closing).toFixed(0)} ms`);
  const opening = performance.now();
  ({ data, store } = await openStore());
  logs = [];
  for (let i = 0; i < partitions; i++) logs.push(await open(i));
  console.log(`open ${(performance.now() - opening).toFixed(0)} ms`, JSON.stringify(events.at(-1)));
  if (!appendOnly)
    await measured(
      "read cold",
      (bytes) => bytes,
      async () => {
        let bytes = 0;
        for (const one of logs) bytes += await readAll(one, 0, totalBytes / partitions);
        return bytes;
      },
    );
  console.log(JSON.stringify(store.stats()));
  await store.close();
  await data.close();
} finally {
  await rm(join(directory, ".."), { recursive: true, force: true });
}
