// What a merge writes, against what its sources hold: any mixture of partitions, segments that are no sources, and any memory to read in.
import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryBlobs } from "../blobs/memory-blobs.js";
import type { Extent } from "../catalog/catalog.js";
import { rowOf } from "../catalog/catalog-samples.js";
import { memoryCatalog } from "../catalog/memory-catalog.js";
import { batchAt, orders } from "../log/testing/batches.js";
import { chunkCache } from "../segments/chunk-cache.js";
import { segmentKey } from "../segments/segment.js";
import { segmentReader } from "../segments/segment-reader.js";
import { segmentParts } from "../segments/segment-writer.js";
import { verifySegment } from "../segments/verify-segment.js";
import { mergePlan } from "./merge-plan.js";
import { mergedSegment } from "./merged-segment.js";
import { openSource } from "./source.js";

const PARTITIONS = 3;

/** A segment: which partitions have a run in it, of how many batches, and whether it is a source. */
const segment = fc.record({
  batches: fc.array(fc.nat({ max: 3 }), { minLength: PARTITIONS, maxLength: PARTITIONS }),
  valueBytes: fc.integer({ min: 1, max: 900 }),
  isSource: fc.boolean(),
});

it("is what its sources hold, in fewer runs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 64, max: 8_000 }),
      fc.integer({ min: 1, max: 6_000 }),
      async (segments, bufferBytes, mergedSegmentBytes) => {
        const blobs = memoryBlobs();
        const { extents } = memoryCatalog();
        const content: Uint8Array[][] = Array.from({ length: PARTITIONS }, () => []);
        const sourceIds: number[] = [];
        for (const { batches, valueBytes, isSource } of segments) {
          const id = extents.nextSegmentId();
          const runs = batches.map((count, index) => ({
            partition: orders(index),
            batches: [Array.from({ length: count }, () => sampleBatch(content[index] as Uint8Array[], valueBytes))],
          }));
          const { parts, runs: stored } = segmentParts(id, runs);
          await blobs.put(segmentKey(id), parts);
          for (const { partition, extent } of stored()) {
            const row = rowOf({ endOffset: extent.lastOffset + 1 });
            await extents.commit({ changes: [{ partition, row, added: [extent], removed: [] }] });
          }
          if (isSource && stored().length > 0) sourceIds.push(id);
        }

        const sources = [];
        for (const id of sourceIds) sources.push(await openSource(blobs, id, new Uint8Array(bufferBytes)));
        const plan = mergePlan(extents, blobs, sources);
        while (await plan.peek()) {
          const segmentId = extents.nextSegmentId();
          const merged = mergedSegment(plan, { segmentId, mergedSegmentBytes, pause: async () => {} });
          await blobs.put(segmentKey(segmentId), merged.parts);
          for await (const { partition } of verifySegment(blobs, segmentId)) expect(partition.topicId).toBe(orders(0).topicId);
          for (const { partition, added, removed } of merged.replacements()) {
            const row = rowOf({ endOffset: (content[partition.index] ?? []).length });
            await extents.commit({ changes: [{ partition, row, added, removed: removed.map(({ baseOffset }) => baseOffset) }] });
          }
        }

        for (const id of sourceIds) expect(await extents.hasSegment(id)).toBe(false);
        const reader = segmentReader({ blobs, cache: chunkCache({ maxBytes: 1024 * 1024 }) });
        for (const [index, written] of content.entries()) {
          const found = await extents.find(orders(index), 0, 100);
          expect(Buffer.concat(await Promise.all(found.map((extent) => bytesOf(reader, extent)))).equals(Buffer.concat(written))).toBe(
            true,
          );
          // Where one source follows another, they are one run now.
          for (const [i, extent] of found.entries()) expect(found[i - 1]?.segmentId).not.toBe(extent.segmentId);
        }
      },
    ),
    { numRuns: 60 },
  );
});

function sampleBatch(written: Uint8Array[], valueBytes: number) {
  const baseOffset = written.length;
  const bytes = batchAt(baseOffset, { valueBytes });
  written.push(bytes);
  return { bytes, baseOffset, lastOffset: baseOffset, maxTimestamp: 1_000 + baseOffset, recordCount: 1 };
}

async function bytesOf(reader: ReturnType<typeof segmentReader>, extent: Extent): Promise<Buffer> {
  const slice = await reader.readChunks(extent, extent.baseOffset, { maxBytes: 1e9, atLeastOne: true, below: 1e9 });
  const bytes = Buffer.concat(slice.parts);
  slice.release();
  return bytes;
}
