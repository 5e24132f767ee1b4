// Segments as a whole: what is written is read back at every offset, and damage anywhere is found.
import { crc32c } from "@moldau/std";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { BlobStore } from "../blobs/blob-store.js";
import { memoryBlobs } from "../blobs/memory-blobs.js";
import { CorruptionError } from "../errors.js";
import { chunkCache } from "./chunk-cache.js";
import { openFooter } from "./footer.js";
import { CHUNK_BYTES, segmentKey } from "./segment.js";
import { segmentReader } from "./segment-reader.js";
import { batchesOf, batchOf, partitionOf, writeRun, writeSegment } from "./segment-samples.js";
import { verifySegment } from "./verify-segment.js";

const ALL = { maxBytes: 2 ** 31, atLeastOne: true, below: Number.MAX_SAFE_INTEGER };
const sizes = fc.array(
  fc.record({
    records: fc.integer({ min: 1, max: 50 }),
    bodyBytes: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 100_000, max: 700_000 })),
  }),
  {
    minLength: 1,
    maxLength: 12,
  },
);
const readerOf = (blobs: BlobStore, maxBytes = 16 * 1024 * 1024) => segmentReader({ blobs, cache: chunkCache({ maxBytes }) });

async function content(blobs: BlobStore, segmentId: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(await blobs.sizeBytes(segmentKey(segmentId)));
  await blobs.read(segmentKey(segmentId), 0, bytes);
  return bytes;
}

it("gives every batch back at each of its offsets", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sizes, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 2 ** 40 }), async (runs, from) => {
      const blobs = memoryBlobs();
      const all = runs.map((run) => batchesOf(run, from));
      const written = await writeSegment(
        blobs,
        1,
        all.map((batches, index) => ({ partition: partitionOf(index), batches: batches.map((batch) => [batch]) })),
      );
      const reader = readerOf(blobs);
      for (const [index, batches] of all.entries()) {
        const extent = written[index]?.extent;
        if (extent === undefined) throw new Error("a run is missing");
        for (const batch of batches) {
          for (const offset of new Set([batch.baseOffset, batch.lastOffset])) {
            const slice = await reader.readChunks(extent, offset, { ...ALL, maxBytes: 1 });
            expect(Buffer.compare(Buffer.concat(slice.parts), batch.bytes)).toBe(0);
            expect(slice.nextOffset).toBe(batch.lastOffset + 1);
            slice.release();
          }
        }
      }
    }),
    { numRuns: 30 },
  );
});

it("gives a run back whole to who reads on from slice to slice, whatever the budget", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 2 ** 21 }), fc.boolean(), async (run, maxBytes, tight) => {
      const blobs = memoryBlobs();
      const batches = batchesOf(run);
      const extent = await writeRun(blobs, 1, batches);
      const reader = readerOf(blobs, tight ? CHUNK_BYTES : 16 * 1024 * 1024);
      const parts: Buffer[] = [];
      for (let offset = 0; offset <= extent.lastOffset; ) {
        const slice = await reader.readChunks(extent, offset, { ...ALL, maxBytes });
        expect(slice.sizeBytes).toBeGreaterThan(0);
        if (slice.parts.length > 1) expect(slice.sizeBytes).toBeLessThanOrEqual(maxBytes);
        parts.push(...slice.parts.map((part) => Buffer.from(part)));
        offset = slice.nextOffset;
        slice.release();
      }
      expect(Buffer.compare(Buffer.concat(parts), Buffer.concat(batches.map(({ bytes }) => bytes)))).toBe(0);
    }),
    { numRuns: 40 },
  );
});

it("describes runs as the catalog needs them", async () => {
  const blobs = memoryBlobs();
  const [one, two] = await writeSegment(blobs, 7, [
    { partition: partitionOf(3), batches: [[batchOf(10, 5, 100, 999), batchOf(15, 2, 100, 500)]] },
    { partition: partitionOf(4), batches: [] },
    {
      partition: partitionOf(5),
      batches: [
        batchesOf([
          { records: 1, bodyBytes: 900_000 },
          { records: 1, bodyBytes: 900_000 },
        ]),
      ],
    },
  ]);
  expect(one?.partition).toEqual(partitionOf(3));
  const { crc, ...rest } = one?.extent ?? { crc: 0 };
  expect(rest).toEqual({
    baseOffset: 10,
    lastOffset: 16,
    segmentId: 7,
    position: 4096,
    lengthBytes: 322,
    chunkCount: 1,
    maxTimestamp: 999,
    recordCount: 7,
  });
  expect(crc).toBe(crc32c((await content(blobs, 7)).subarray(4096, 4096 + 322)));
  expect(two).toMatchObject({ partition: partitionOf(5), extent: { position: 4418, chunkCount: 2, crc: 0, lastOffset: 1 } });
  const listed = [];
  for await (const run of verifySegment(blobs, 7)) listed.push([run.partition.index, run.chunks.length]);
  expect(listed).toEqual([
    [3, 1],
    [5, 2],
  ]);
});

it("finds a flipped bit anywhere, and names the blob and the place", async () => {
  const blobs = memoryBlobs();
  await writeSegment(blobs, 1, [
    {
      partition: partitionOf(0),
      batches: [
        batchesOf([
          { records: 3, bodyBytes: 700_000 },
          { records: 3, bodyBytes: 700_000 },
        ]),
      ],
    },
  ]);
  const intact = await content(blobs, 1);
  const position = fc.oneof(
    fc.integer({ min: 0, max: intact.length - 1 }),
    fc.integer({ min: 0, max: 4095 }),
    fc.integer({ min: intact.length - 160, max: intact.length - 1 }),
  );
  await fc.assert(
    fc.asyncProperty(position, fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const damaged = intact.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
      await blobs.put(segmentKey(1), [[damaged]]);
      const error = await drain(verifySegment(blobs, 1)).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(CorruptionError);
      expect((error as CorruptionError).path).toBe(`memory:${segmentKey(1)}`);
      expect((error as CorruptionError).position).toBeLessThanOrEqual(at);
    }),
    { numRuns: 150 },
  );
});

it("tells readers of damage in what they read, and serves the rest", async () => {
  const blobs = memoryBlobs();
  const extent = await writeRun(
    blobs,
    1,
    batchesOf([
      { records: 1, bodyBytes: 900_000 },
      { records: 1, bodyBytes: 900_000 },
    ]),
  );
  const damaged = await content(blobs, 1);
  damaged[4096 + 1_000_000] = (damaged[4096 + 1_000_000] ?? 0) ^ 1;
  await blobs.put(segmentKey(1), [[damaged]]);
  const reader = readerOf(blobs);
  const slice = await reader.readChunks(extent, 0, ALL);
  expect(slice.nextOffset).toBe(1);
  slice.release();
  await expect(reader.readChunks(extent, 1, ALL)).rejects.toThrow(/memory:segments.*damaged at byte 904157/);
});

it("finds a segment that was cut off", async () => {
  const blobs = memoryBlobs();
  const extent = await writeRun(
    blobs,
    1,
    batchesOf([
      { records: 1, bodyBytes: 900_000 },
      { records: 1, bodyBytes: 900_000 },
    ]),
  );
  const whole = await content(blobs, 1);
  for (const length of [0, 1, 31, 4095, 4096, 5000, 1_000_000, whole.length - 1]) {
    await blobs.put(segmentKey(1), [[whole.subarray(0, length)]]);
    await expect(readerOf(blobs).readChunks(extent, 0, ALL), `${length} bytes left`).rejects.toThrow(CorruptionError);
    await expect(drain(verifySegment(blobs, 1))).rejects.toThrow(CorruptionError);
  }
});

it("finds that a run is not the one the catalog means", async () => {
  const blobs = memoryBlobs();
  const extent = await writeRun(
    blobs,
    1,
    batchesOf([
      { records: 1, bodyBytes: 900_000 },
      { records: 1, bodyBytes: 900_000 },
    ]),
  );
  await expect(readerOf(blobs).chunks({ ...extent, position: 5000 })).rejects.toThrow(CorruptionError);
  await expect(readerOf(blobs).chunks({ ...extent, chunkCount: 3 })).rejects.toThrow(CorruptionError);
});

it("takes no footer of garbage for sound, and allocates nothing for what it claims", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(10), fc.nat(10), fc.boolean(), (garbage, runs, chunks, fitting) => {
      const bytes = fitting ? new Uint8Array(8 + runs * 28 + chunks * 40) : garbage;
      if (fitting) {
        bytes.set(garbage.subarray(0, Math.max(0, bytes.length - 8)), 8);
        new DataView(bytes.buffer).setUint32(0, runs, true);
        new DataView(bytes.buffer).setUint32(4, chunks, true);
      }
      const footer = openFooter(bytes, 4096, "dense");
      if (typeof footer === "string") return;
      for (let index = 0; index < footer.runCount; index++) for (const chunk of footer.run(index).chunks) expect(chunk.position).toBe(4096);
    }),
    { numRuns: 2_000 },
  );
});

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}
