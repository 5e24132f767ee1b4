// What group commit over the ring journal does on a real disk: throughput and processor time of large and of small batches, and the
// latency of single appends at a steady rate.
//
//   npx tsc -b packages/storage && node packages/storage/bench/journal.mjs [directory] [seconds per run]
//
// Consolidation is played by releasing each group a while after it is durable. Latency counts from when an append was due.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { nodeDisk, systemClock, systemRandom, systemTimers } from "@moldau/env";
import { crc32c } from "@moldau/std";
import { groupCommit, ringJournal, slabPool } from "@moldau/storage";

const parent = process.argv[2] ?? new URL("../", import.meta.url).pathname;
const seconds = Number(process.argv[3] ?? 3);
/** Groups that stay unreleased, as if consolidation were that far behind. */
const UNRELEASED_GROUPS = 32;

const batchOf = (bytes) => {
  const batch = new Uint8Array(bytes).fill(7);
  const fields = new DataView(batch.buffer);
  fields.setBigInt64(0, 0n);
  fields.setInt32(8, bytes - 12);
  fields.setInt8(16, 2);
  fields.setInt16(21, 0);
  fields.setInt32(23, 0);
  for (const at of [27, 35, 43]) fields.setBigInt64(at, 1n);
  fields.setInt32(57, 1);
  fields.setUint32(17, crc32c(batch.subarray(21)));
  return batch;
};

const partition = { topicId: "AAAAAAAAAAAAAAAAAAAAAQ", index: 0 };

async function withCommit(use) {
  const directory = await mkdtemp(join(parent, ".bench-"));
  const disk = nodeDisk();
  const ports = { disk, clock: systemClock, timers: systemTimers };
  const openedMs = performance.now();
  const journal = await ringJournal({ ...ports, directory, brokerId: 1, random: systemRandom });
  for await (const _ of journal.replay(0)) throw new Error("a fresh journal has no groups");
  const startMs = performance.now() - openedMs;
  let groups = 0;
  const slabs = slabPool(ports);
  const listener = {
    committed: ({ sequence }) => {
      groups++;
      void journal.release(sequence - UNRELEASED_GROUPS);
    },
    failed: (_, error) => {
      throw error;
    },
  };
  const commit = groupCommit({ ...ports, journal, slabs, listener });
  try {
    const result = await use(commit);
    return { ...result, groups, mode: journal.mode, startMs, slabMiB: slabs.sizeBytes / 2 ** 20, ringMiB: undefined };
  } finally {
    await commit.close();
    await journal.close();
    await rm(directory, { recursive: true });
  }
}

/** `producers` each append `perTurn` batches, wait until they are durable, and go on. */
async function throughput(name, { batchBytes, perTurn, producers }) {
  const batch = batchOf(batchBytes);
  const line = await withCommit(async (commit) => {
    let batches = 0;
    const cpu = process.cpuUsage();
    const startedMs = performance.now();
    const endMs = startedMs + seconds * 1000;
    const producer = async () => {
      while (performance.now() < endMs) {
        await commit.admit(batchBytes * perTurn);
        let durable;
        for (let i = 0; i < perTurn; i++) durable = commit.append(partition, batch).group.durable;
        batches += perTurn;
        await durable;
      }
    };
    await Promise.all(Array.from({ length: producers }, producer));
    const elapsedMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(cpu);
    const bytes = batches * batchBytes;
    return { batches, elapsedMs, mbPerSecond: bytes / 1e3 / elapsedMs, cpuSecondsPerGb: (user + system) / 1e6 / (bytes / 1e9) };
  });
  console.log(
    `${name.padEnd(34)} ${line.mbPerSecond.toFixed(0).padStart(5)} MB/s  ${((line.batches / line.elapsedMs) * 1000).toFixed(0).padStart(8)} batches/s  ` +
      `${line.cpuSecondsPerGb.toFixed(2)} CPU s/GB  ${line.groups} groups, slabs ${line.slabMiB} MiB, ${line.mode}, open ${line.startMs.toFixed(1)} ms`,
  );
}

/** Appends one batch every `1 / rate` s, whether or not the ones before are durable. */
async function latency(name, { batchBytes, rate }) {
  const batch = batchOf(batchBytes);
  const latenciesMs = [];
  const { groups, cpuMicros } = await withCommit(async (commit) => {
    const total = rate * seconds;
    const waits = [];
    const cpu = process.cpuUsage();
    const startedMs = performance.now() + 50;
    await new Promise((resolve) => {
      let sent = 0;
      const turn = () => {
        while (sent < total && performance.now() >= startedMs + (sent * 1000) / rate) {
          const dueMs = startedMs + (sent++ * 1000) / rate;
          waits.push(commit.append(partition, batch).group.durable.then(() => latenciesMs.push(performance.now() - dueMs)));
        }
        if (sent === total) resolve();
        else setImmediate(turn);
      };
      turn();
    });
    await Promise.all(waits);
    const { user, system } = process.cpuUsage(cpu);
    return { cpuMicros: user + system };
  });
  latenciesMs.sort((a, b) => a - b);
  const at = (share) => latenciesMs[Math.floor(latenciesMs.length * share)].toFixed(3);
  console.log(
    `${name.padEnd(34)} p50 ${at(0.5)}  p90 ${at(0.9)}  p99 ${at(0.99)}  p99.9 ${at(0.999)} ms  ${groups} groups, ${(cpuMicros / seconds / 1e4).toFixed(0)}% CPU (polling)`,
  );
}

await throughput("1 MB batches, 5 in flight", { batchBytes: 1_000_000, perTurn: 1, producers: 5 });
await throughput("1 MB batches, 12 in flight", { batchBytes: 1_000_000, perTurn: 1, producers: 12 });
await throughput("16 KB batches, 64 in flight", { batchBytes: 16_000, perTurn: 1, producers: 64 });
await throughput("200 B batches, 1,000 in flight", { batchBytes: 200, perTurn: 10, producers: 100 });
await throughput("200 B batches, one producer", { batchBytes: 200, perTurn: 1, producers: 1 });
await latency("200 B at 1,000/s", { batchBytes: 200, rate: 1_000 });
await latency("200 B at 10,000/s", { batchBytes: 200, rate: 10_000 });
await latency("10 KB at 1,000/s", { batchBytes: 10_000, rate: 1_000 });
