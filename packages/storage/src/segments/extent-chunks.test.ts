import { batchBaseOffset, batches } from "@moldau/records";
import { expect, it } from "vitest";
import { BlobMissing } from "../blobs/blob-store.js";
import { memoryBlobs } from "../blobs/memory-blobs.js";
import { CorruptionError } from "../errors.js";
import { extentChunks } from "./extent-chunks.js";
import { segmentKey } from "./segment.js";
import { batchesOf, writeRun } from "./segment-samples.js";

const sizes = (count: number) => Array.from({ length: count }, () => ({ records: 2, bodyBytes: 300_000 }));

async function twoExtents() {
  const blobs = memoryBlobs();
  return { blobs, extents: [await writeRun(blobs, 1, batchesOf(sizes(10))), await writeRun(blobs, 2, batchesOf(sizes(3), 20))] };
}

it("walks through all chunks in order, while each is there", async () => {
  const { blobs, extents } = await twoExtents();
  for (const from of [0, 7, 19, 20, 25]) {
    const seen: number[] = [];
    for await (const { bytes } of extentChunks(blobs).walk(extents, from)) {
      await new Promise(setImmediate);
      for (const at of batches(bytes)) seen.push(batchBaseOffset(bytes, at));
    }
    expect(seen.filter((offset) => offset + 1 >= from)).toEqual(
      Array.from({ length: 13 }, (_, i) => i * 2).filter((offset) => offset + 1 >= from),
    );
    expect(seen.filter((offset) => offset + 1 < from).length).toBeLessThan(3);
  }
});

it("may be left early, and walked again", async () => {
  const { blobs, extents } = await twoExtents();
  const chunks = extentChunks(blobs);
  for (let i = 0; i < 3; i++) for await (const { chunk } of chunks.walk(extents)) if (chunk.baseOffset > 0) break;
  let count = 0;
  for await (const _ of chunks.walk(extents)) count++;
  expect(count).toBeGreaterThan(2);
});

it("says what is damaged, and what is gone", async () => {
  const { blobs, extents } = await twoExtents();
  const bytes = new Uint8Array(await blobs.sizeBytes(segmentKey(2)));
  await blobs.read(segmentKey(2), 0, bytes);
  bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
  await blobs.put(segmentKey(2), [[bytes]]);
  const walk = async () => {
    let count = 0;
    for await (const _ of extentChunks(blobs).walk(extents)) count++;
    return count;
  };
  await expect(walk()).rejects.toBeInstanceOf(CorruptionError);
  await blobs.delete([segmentKey(2)]);
  await expect(walk()).rejects.toBeInstanceOf(BlobMissing);
});
