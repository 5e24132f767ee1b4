// Verifies a whole segment: every byte of it is covered by a checksum, and damage is named by its position.
import { checkStoredBatch, nextBatch } from "@moldau/records";
import { crc32c } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import { CorruptionError } from "../errors.js";
import { CHUNK_BYTES, type Chunk, type Run, segmentKey } from "./segment.js";
import { readFooter } from "./segment-footers.js";
import { faultInHead, HEAD_BYTES } from "./segment-frame.js";

/** Reads the segment once, chunk by chunk, and yields its runs. Throws CorruptionError where it is damaged, BlobMissing when it is not there. */
export async function* verifySegment(blobs: BlobStore, segmentId: number): AsyncIterable<Run> {
  for await (const { run, damage } of checkSegment(blobs, segmentId)) {
    if (damage !== undefined) throw damage.error;
    if (run !== undefined) yield run;
  }
}

/** A step of a check: a run whose chunks were all read, or damage. */
export type CheckedStep = { readonly run: Run; readonly damage?: undefined } | { readonly run?: undefined; readonly damage: SegmentDamage };

export interface SegmentDamage {
  readonly error: CorruptionError;
  /** What of which partition it concerns; unknown where head or footer are damaged. */
  readonly run?: Run;
  readonly chunk?: Chunk;
}

/** Reads the segment once, chunk by chunk: its runs, and all that is damaged. Throws BlobMissing when it is not there. */
export async function* checkSegment(blobs: BlobStore, segmentId: number): AsyncIterable<CheckedStep> {
  const key = segmentKey(segmentId);
  const location = blobs.location(key);
  const head = new Uint8Array(HEAD_BYTES);
  const read = await blobs.read(key, 0, head);
  const fault = faultInHead(head.subarray(0, read), segmentId);
  if (fault !== undefined) yield { damage: { error: new CorruptionError(location, 0, fault) } };
  const footer = await readFooter(blobs, segmentId).catch(asDamage);
  if (footer instanceof CorruptionError) {
    yield { damage: { error: footer } };
    return;
  }
  let memory = new Uint8Array(CHUNK_BYTES);
  for (let index = 0; index < footer.runCount; index++) {
    const run = footer.run(index);
    for (const chunk of run.chunks) {
      if (chunk.lengthBytes > memory.length) memory = new Uint8Array(chunk.lengthBytes);
      const bytes = memory.subarray(0, chunk.lengthBytes);
      const read = await blobs.read(key, chunk.position, bytes);
      const error = faultInChunk(location, chunk, bytes.subarray(0, read));
      if (error) yield { damage: { error, run, chunk } };
    }
    yield { run };
  }
}

function asDamage(error: unknown): CorruptionError {
  if (error instanceof CorruptionError) return error;
  throw error;
}

function faultInChunk(location: string, { position, lengthBytes, crc }: Chunk, bytes: Uint8Array): CorruptionError | undefined {
  if (bytes.length < lengthBytes) return new CorruptionError(location, position + bytes.length, "the blob ends within a chunk");
  if (crc32c(bytes) === crc) return undefined;
  return new CorruptionError(location, position + firstDamage(bytes), `the checksum of ${lengthBytes} bytes from ${position} on differs`);
}

/** Where the first batch begins that is not what was written: by its own checksum, if that tells. */
function firstDamage(chunk: Uint8Array): number {
  for (let at = 0; at < chunk.length; at = nextBatch(chunk, at, chunk.length)) {
    if (checkStoredBatch(chunk, at, chunk.length)) return at;
  }
  return 0;
}
