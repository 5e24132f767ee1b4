// What retention costs: 100,000 partitions that nobody has opened, looked through and emptied, and how late the event loop is meanwhile;
// then what stays on disk of a large log that is to keep 100 MiB.
//
//   npx tsc -b packages/storage && node packages/storage/bench/retention.mjs [directory] [partitions] [MiB]
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { nodeDisk, systemClock, systemRandom, systemTimers } from "@moldau/env";
import { buildBatch, patchBatch } from "@moldau/records";
import { localMedium, openDirectory } from "@moldau/storage";

const MIB = 1024 * 1024;
const PARTITIONS_AT_ONCE = 256;
const parent = process.argv[2] ?? new URL("../", import.meta.url).pathname;
const count = Number(process.argv[3] ?? 100_000);
const largeMib = Number(process.argv[4] ?? 1_024);
const disk = nodeDisk();
const top = await mkdtemp(join(parent, ".bench-retention-"));
const directory = join(top, "data");
const owner = { advanced: () => {}, rolledBack: () => {}, producers: () => new Uint8Array(0) };
const topicId = (name) => Buffer.from(name.padEnd(16)).toString("base64url");
const many = Array.from({ length: count }, (_, i) => ({ topicId: topicId(`topic ${i % 10}`), index: Math.floor(i / 10) }));
const large = { topicId: topicId("large"), index: 0 };

async function openStore() {
  const ports = { disk, clock: systemClock, timers: systemTimers, random: systemRandom };
  const data = await openDirectory({ ...ports, directory, brokerId: 1, ...localMedium(ports) });
  const limits = { consolidateBatches: 20_000 };
  return { data, store: await data.openStore({ isLive: () => true, report: () => {}, limits }) };
}

async function append(store, log, batch) {
  const room = store.admit(batch.length);
  if (room) await room;
  patchBatch(batch, 0, { baseOffset: log.endOffset, leaderEpoch: 0 });
  return log.append(batch);
}

async function retain(store, partitions, rule) {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const startMs = performance.now();
  let went = 0;
  for (let i = 0; i < partitions.length; i += PARTITIONS_AT_ONCE) {
    let left = partitions.slice(i, i + PARTITIONS_AT_ONCE).map((partition) => ({ partition, rule }));
    while (left.length > 0) {
      const outcome = await store.retain(left);
      went += outcome.retained.length;
      left = outcome.left;
    }
    await systemTimers.yield();
  }
  const elapsedMs = performance.now() - startMs;
  loop.disable();
  const late = `event loop late by ${(loop.percentile(99) / 1e6).toFixed(1)} ms p99, ${(loop.max / 1e6).toFixed(1)} ms at most`;
  console.log(`${partitions.length} partitions, of ${went} something went: ${elapsedMs.toFixed(0)} ms, ${late}`);
}

async function segmentBytes() {
  let sum = 0;
  for (const entry of await readdir(join(directory, "segments"), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += (await stat(join(entry.parentPath ?? entry.path, entry.name))).size;
  }
  return sum;
}

try {
  let { data, store } = await openStore();
  const small = buildBatch({ records: [{ timestamp: 1_000, value: Buffer.alloc(200) }] });
  let last;
  for (const partition of many) last = append(store, await store.open(partition, owner), small);
  await last;
  await store.close();
  await data.close();
  ({ data, store } = await openStore());
  console.log(`segments: ${((await segmentBytes()) / MIB).toFixed(1)} MiB`);
  await retain(store, many, { olderThanMs: 500 });
  await retain(store, many, { olderThanMs: 2_000 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  console.log(`segments: ${((await segmentBytes()) / MIB).toFixed(1)} MiB`);

  const log = await store.open(large, owner);
  const batch = buildBatch({ records: Array.from({ length: 100 }, () => ({ timestamp: 1_000, value: Buffer.alloc(10_000, "x") })) });
  for (let i = 0; i < largeMib; i++) await append(store, log, batch);
  console.log(`large log: ${(log.sizeBytes / MIB).toFixed(1)} MiB, segments ${((await segmentBytes()) / MIB).toFixed(1)} MiB`);
  await retain(store, [large], { keepBytes: 100 * MIB });
  await new Promise((resolve) => setTimeout(resolve, 500));
  console.log(`100 MiB asked: ${(log.sizeBytes / MIB).toFixed(1)} MiB kept, segments ${((await segmentBytes()) / MIB).toFixed(1)} MiB`);
  await store.close();
  await data.close();
} finally {
  await rm(top, { recursive: true, force: true });
}
