import { expect, it } from "vitest";
import { BlobMissing, type BlobStore } from "../blobs/blob-store.js";
import { memoryBlobs } from "../blobs/memory-blobs.js";
import { chunkCache } from "./chunk-cache.js";
import { type SegmentSlice, segmentReader } from "./segment-reader.js";
import { batchesOf, writeRun } from "./segment-samples.js";

const MIB = 1024 * 1024;
const ALL = { maxBytes: 100 * MIB, atLeastOne: true, below: Number.MAX_SAFE_INTEGER };
const chunks = (count: number, from = 0) =>
  batchesOf(
    Array.from({ length: count }, () => ({ records: 10, bodyBytes: MIB - 200 })),
    from,
  );

/** Blobs that count the reads of whole chunks. */
function counting(blobs: BlobStore) {
  const reads: number[] = [];
  const read: BlobStore["read"] = (key, position, into) => {
    if (into.length > 1000) reads.push(position);
    return blobs.read(key, position, into);
  };
  return { reads, blobs: { ...blobs, read } };
}

async function settled(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !condition(); turn++) await Promise.resolve();
  expect(condition()).toBe(true);
}

const now = (slice: SegmentSlice | Promise<SegmentSlice>): SegmentSlice => {
  if (slice instanceof Promise) throw new Error("the chunk should have been in memory");
  return slice;
};

it("answers at once from memory, and reads ahead for who goes on", async () => {
  const { blobs, reads } = counting(memoryBlobs());
  const extent = await writeRun(blobs, 1, chunks(5));
  const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: 8 * MIB }) });
  const first = await reader.readChunks(extent, 0, { ...ALL, maxBytes: MIB });
  expect(first.nextOffset).toBe(10);
  await settled(() => reads.length === 3);
  const second = now(reader.readChunks(extent, 10, { ...ALL, maxBytes: MIB }));
  expect(second.nextOffset).toBe(20);
  await settled(() => reads.length === 4);
  expect(reader.stats()).toMatchObject({ cacheMisses: 1, cacheHits: 1, blobReads: 4 });
});

it("reads ahead into the next extent", async () => {
  const { blobs, reads } = counting(memoryBlobs());
  const extent = await writeRun(blobs, 1, chunks(1));
  const next = await writeRun(blobs, 2, chunks(1, 10));
  const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: 8 * MIB }) });
  (await reader.readChunks(extent, 0, { ...ALL, next })).release();
  await settled(() => reads.length === 2);
  now(reader.readChunks(next, 10, ALL)).release();
});

it("gives several chunks in one slice when they are in memory", async () => {
  const blobs = memoryBlobs();
  const extent = await writeRun(blobs, 1, chunks(3));
  const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: 8 * MIB }) });
  (await reader.readChunks(extent, 0, { ...ALL, maxBytes: 1 })).release();
  await settled(() => reader.stats().blobReads === 3);
  const slice = await reader.readChunks(extent, 5, ALL);
  expect(slice.parts).toHaveLength(3);
  expect(slice.nextOffset).toBe(30);
});

it("stops below the given offset, and is empty where no batch fits", async () => {
  const blobs = memoryBlobs();
  const extent = await writeRun(
    blobs,
    1,
    batchesOf([
      { records: 10, bodyBytes: 100 },
      { records: 10, bodyBytes: 100 },
    ]),
  );
  const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: MIB }) });
  expect(await reader.readChunks(extent, 0, { ...ALL, below: 10 })).toMatchObject({ sizeBytes: 161, nextOffset: 10 });
  expect(await reader.readChunks(extent, 0, { ...ALL, below: 11 })).toMatchObject({ sizeBytes: 322, nextOffset: 20 });
  expect(await reader.readChunks(extent, 12, { ...ALL, maxBytes: 160, atLeastOne: false })).toMatchObject({ sizeBytes: 0, nextOffset: 12 });
  expect(await reader.readChunks(extent, 12, { ...ALL, maxBytes: 160 })).toMatchObject({ sizeBytes: 161, nextOffset: 20 });
});

it("goes past the extent where compaction has left it without batches", async () => {
  const blobs = memoryBlobs();
  const extent = { ...(await writeRun(blobs, 1, batchesOf([{ records: 10, bodyBytes: 100 }]))), lastOffset: 99 };
  const twoChunks = { ...(await writeRun(blobs, 2, chunks(2))), lastOffset: 99 };
  const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: 8 * MIB }) });
  const slice = await reader.readChunks(extent, 0, ALL);
  expect(slice).toMatchObject({ sizeBytes: 161, nextOffset: 100 });
  expect(await reader.readChunks(extent, 50, ALL)).toMatchObject({ sizeBytes: 0, nextOffset: 100 });
  expect(await reader.readChunks(twoChunks, 50, ALL)).toMatchObject({ sizeBytes: 0, nextOffset: 100 });
});

it("waits for memory for the first batch of a fetch, and lets other reads come back empty", async () => {
  const blobs = memoryBlobs();
  const extents = [await writeRun(blobs, 1, chunks(1)), await writeRun(blobs, 2, chunks(1)), await writeRun(blobs, 3, chunks(1))] as const;
  const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: MIB }) });
  const held = await reader.readChunks(extents[0], 0, ALL);
  expect(await reader.readChunks(extents[1], 0, { ...ALL, atLeastOne: false })).toMatchObject({ sizeBytes: 0, nextOffset: 0 });
  let served = false;
  const waiting = Promise.resolve(reader.readChunks(extents[2], 0, ALL)).then((slice) => {
    served = true;
    return slice;
  });
  await Promise.resolve();
  expect(served).toBe(false);
  held.release();
  expect((await waiting).sizeBytes).toBeGreaterThan(0);
});

it("says that a segment is missing, and forgets deleted ones", async () => {
  const blobs = memoryBlobs();
  const extent = await writeRun(blobs, 1, chunks(2));
  const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: 8 * MIB }) });
  (await reader.readChunks(extent, 0, ALL)).release();
  await settled(() => reader.stats().blobReads === 2);
  await blobs.delete(["segments/01/000000000001.seg"]);
  now(reader.readChunks(extent, 0, ALL)).release();
  reader.forget([1]);
  await expect(reader.readChunks(extent, 0, ALL)).rejects.toThrow(BlobMissing);
});
