// What open logs cost while nothing happens: memory and time for 100,000 of them, new and after a restart.
//
//   npx tsc -b packages/storage && node --expose-gc packages/storage/bench/open-logs.mjs [directory] [logs] [topics]
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { nodeDisk, systemClock, systemRandom, systemTimers } from "@moldau/env";
import { buildBatch, patchBatch } from "@moldau/records";
import { localMedium, openDirectory } from "@moldau/storage";

const parent = process.argv[2] ?? new URL("../", import.meta.url).pathname;
const count = Number(process.argv[3] ?? 100_000);
const topics = Number(process.argv[4] ?? 10);
const disk = nodeDisk();
const directory = join(await mkdtemp(join(parent, ".bench-open-")), "data");
const owner = { advanced: () => {}, rolledBack: () => {}, producers: () => new Uint8Array(0) };
const topicIds = Array.from({ length: topics }, (_, i) => Buffer.from(`topic ${i}`.padEnd(16)).toString("base64url"));

async function openStore() {
  const ports = { disk, clock: systemClock, timers: systemTimers, random: systemRandom };
  const data = await openDirectory({ ...ports, directory, brokerId: 1, ...localMedium(ports) });
  return { data, store: await data.openStore({ isLive: () => true, report: (event) => console.log(JSON.stringify(event)) }) };
}

const heapBytes = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

async function openAll(name, store) {
  const before = heapBytes();
  const startMs = performance.now();
  const logs = [];
  for (let i = 0; i < count; i++) logs.push(await store.open({ topicId: topicIds[i % topics], index: Math.floor(i / topics) }, owner));
  const elapsedMs = performance.now() - startMs;
  console.log(`${name}: ${((heapBytes() - before) / count).toFixed(0)} bytes and ${((elapsedMs / count) * 1000).toFixed(1)} us a log`);
  return logs;
}

try {
  let { data, store } = await openStore();
  const logs = await openAll("new", store);
  const batch = buildBatch({ records: [{ timestamp: 1, value: Buffer.from("one") }] });
  const startMs = performance.now();
  let last;
  for (const log of logs) {
    const room = store.admit(batch.length);
    if (room) await room;
    patchBatch(batch, 0, { baseOffset: log.endOffset, leaderEpoch: 0 });
    last = log.append(batch);
  }
  await last;
  console.log(`one batch each: ${(performance.now() - startMs).toFixed(0)} ms`, JSON.stringify(store.stats()));
  await store.close();
  await data.close();
  ({ data, store } = await openStore());
  await openAll("recovered", store);
  await store.close();
  await data.close();
} finally {
  await rm(join(directory, ".."), { recursive: true, force: true });
}
