// Verifies a whole segment: every byte of it is covered by a checksum, and damage is named by its position.
import { crc32c } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import { CorruptionError } from "../errors.js";
import { type Chunk, type Run, segmentKey } from "./segment.js";
import { readFooter } from "./segment-footers.js";
import { faultInHead, HEAD_BYTES } from "./segment-frame.js";

/** Reads the segment once, chunk by chunk, and yields its runs. Throws CorruptionError where it is damaged, BlobMissing when it is not there. */
export async function* verifySegment(blobs: BlobStore, segmentId: number): AsyncIterable<Run> {
  const key = segmentKey(segmentId);
  const damaged = (position: number, message: string) => new CorruptionError(blobs.location(key), position, message);
  const head = new Uint8Array(HEAD_BYTES);
  const read = await blobs.read(key, 0, head);
  const fault = faultInHead(head.subarray(0, read), segmentId);
  if (fault !== undefined) throw damaged(0, fault);

  const verify = async (chunk: Chunk) => {
    const bytes = new Uint8Array(chunk.lengthBytes);
    if ((await blobs.read(key, chunk.position, bytes)) < bytes.length) throw damaged(chunk.position, "the blob ends within a chunk");
    if (crc32c(bytes) !== chunk.crc) throw damaged(chunk.position, `the checksum of ${bytes.length} bytes differs`);
  };
  const footer = await readFooter(blobs, segmentId);
  for (let index = 0; index < footer.runCount; index++) {
    const run = footer.run(index);
    for (const chunk of run.chunks) await verify(chunk);
    yield run;
  }
}
