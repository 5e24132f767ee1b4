// What segments, blobs and the catalog cost on a real disk: writing one large segment and one of many partitions, reading cold
// chunks back, committing and finding extents.
//
//   npx tsc -b packages/storage && node packages/storage/bench/segments.mjs [directory] [extents in the large catalog]
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { nodeDisk, systemTimers } from "@moldau/env";
import { crc32c } from "@moldau/std";
import { chunkCache, directoryBlobs, lmdbCatalog, segmentKey, segmentParts, segmentReader } from "@moldau/storage";

const parent = process.argv[2] ?? new URL("../", import.meta.url).pathname;
const catalogExtents = Number(process.argv[3] ?? 1_000_000);
const MIB = 2 ** 20;
const topicId = "QmVuY2htYXJrIHRvcGljMQ";
const partitionOf = (index) => ({ topicId, index });

/** Runs `work` over so many bytes; prints its rate, processor time and the longest time the event loop stood still. */
async function measure(name, bytes, work) {
  const held = monitorEventLoopDelay({ resolution: 1 });
  held.enable();
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const result = await work();
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  held.disable();
  const cpuMs = (user + system) / 1000;
  const rate =
    bytes > 0 ? `${(bytes / MIB / (ms / 1000)).toFixed(0)} MiB/s, ${(((cpuMs / bytes) * 2 ** 30) / 1000).toFixed(2)} CPU s/GiB, ` : "";
  console.log(`${name}: ${rate}${ms.toFixed(1)} ms, ${cpuMs.toFixed(0)} CPU ms, loop held at most ${(held.max / 1e6).toFixed(1)} ms`);
  return result;
}

function batchOf(baseOffset, bytes, body) {
  const batch = Buffer.from(body.subarray(0, bytes));
  batch.writeBigInt64BE(BigInt(baseOffset), 0);
  batch.writeInt32BE(bytes - 12, 8);
  batch[16] = 2;
  batch.writeInt32BE(9, 23);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return { bytes: batch, baseOffset, lastOffset: baseOffset + 9, maxTimestamp: 1_700_000_000_000, recordCount: 10 };
}

const body = Buffer.alloc(64 * 1024, "moldau ");

async function segments(directory) {
  const blobs = directoryBlobs({ disk: nodeDisk(), directory });
  const batches = Array.from({ length: 1024 }, (_, i) => batchOf(i * 10, 64 * 1024, body));
  const groups = Array.from({ length: 64 }, (_, i) => batches.slice(i * 16, i * 16 + 16));
  const write = async (segmentId, sources) => {
    const { parts, runs } = segmentParts(segmentId, sources);
    await blobs.put(segmentKey(segmentId), parts);
    return runs();
  };
  const extents = [];
  await write(1, [{ partition: partitionOf(0), batches: groups }]);
  await measure("write 8 segments of 64 MiB, one partition each", 512 * MIB, async () => {
    for (let id = 2; id < 10; id++) extents.push((await write(id, [{ partition: partitionOf(0), batches: groups }]))[0].extent);
  });

  const small = Array.from({ length: 10_000 }, (_, index) => ({
    partition: partitionOf(index),
    batches: [[batchOf(0, 4096, body), batchOf(10, 2048, body)]],
  }));
  await write(10, small);
  const runs = await measure("write a segment of 10,000 partitions of 6 KiB", 10_000 * 6144, () => write(11, small));

  const options = { maxBytes: MIB, atLeastOne: true, below: Number.MAX_SAFE_INTEGER };
  const readAll = async (reader) => {
    for (const extent of extents) {
      for (let offset = 0; offset <= extent.lastOffset; ) {
        const slice = await reader.readChunks(extent, offset, options);
        offset = slice.nextOffset;
        slice.release();
      }
    }
  };
  const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: 64 * MIB }) });
  await readAll(reader);
  await measure("read 512 MiB in order, in the page cache but not in ours", 512 * MIB, () => readAll(reader));
  await measure("read one chunk of each of 10,000 partitions", 10_000 * 6144, async () => {
    for (const { extent } of runs) (await reader.readChunks(extent, 0, options)).release();
  });
  const cached = Array.from({ length: 100_000 }, (_, i) => runs[9_000 + (i % 1000)].extent);
  await measure("100,000 slices of chunks in memory", 0, async () => {
    for (const extent of cached) {
      const slice = reader.readChunks(extent, 10, options);
      (slice instanceof Promise ? await slice : slice).release();
    }
  });
}

const extentOf = (baseOffset, segmentId) => ({
  baseOffset,
  lastOffset: baseOffset + 99,
  segmentId,
  position: 4096,
  lengthBytes: 6144,
  chunkCount: 1,
  crc: 1,
  maxTimestamp: 1_700_000_000_000,
  recordCount: 100,
});

async function catalog(directory) {
  const open = () => lmdbCatalog({ disk: nodeDisk(), timers: systemTimers, directory });
  const beforeRss = process.memoryUsage().rss;
  let opened = await measure("open a fresh catalog, LMDB's import included", 0, open);
  console.log(`  resident memory grew by ${((process.memoryUsage().rss - beforeRss) / MIB).toFixed(1)} MiB`);
  const partitions = 100_000;
  const rowAt = (round) => ({
    logStartOffset: 0,
    endOffset: (round + 1) * 100,
    sizeBytes: (round + 1) * 6144,
    epochs: [{ epoch: 0, startOffset: 0 }],
    producers: new Uint8Array(64),
  });
  const changesOf = (from, count, round) =>
    Array.from({ length: count }, (_, i) => ({
      partition: partitionOf(from + i),
      row: rowAt(round),
      added: [extentOf(round * 100, round + 1)],
      removed: [],
    }));
  const rounds = Math.ceil(catalogExtents / partitions);
  for (let round = 0; round < rounds; round++) {
    for (let from = 0; from < partitions; from += 10_000) {
      const commit = () => opened.extents.commit({ changes: changesOf(from, 10_000, round), consolidatedThrough: round + 1 });
      const told = from === 0 && (round === 0 || round === rounds - 1);
      if (told) await measure(`commit 10,000 partitions of 100,000 with ${round * partitions} extents`, 0, commit);
      else await commit();
    }
  }
  await measure("commit one partition", 0, () => opened.extents.commit({ changes: changesOf(0, 1, rounds) }));
  await opened.close();
  opened = await measure(`open a catalog of ${rounds * partitions} extents`, 0, open);
  const count = 100_000;
  await measure(`find() ${count} times, anywhere`, 0, async () => {
    for (let i = 0; i < count; i++) await opened.extents.find(partitionOf((i * 7919) % partitions), 150, 2);
  });
  await measure(`row() ${count} times, anywhere`, 0, async () => {
    for (let i = 0; i < count; i++) await opened.extents.row(partitionOf((i * 7919) % partitions));
  });
  await opened.close();
}

const directory = await mkdtemp(join(parent, ".bench-"));
try {
  await segments(join(directory, "blobs"));
  await catalog(join(directory, "catalog"));
} finally {
  await rm(directory, { recursive: true });
}
