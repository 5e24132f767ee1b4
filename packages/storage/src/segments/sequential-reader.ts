// Reads a segment's chunks front to back in large pieces, past the chunk cache: for work that goes through whole segments behind.
import { crc32c } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import { CorruptionError } from "../errors.js";
import { type Chunk, segmentKey } from "./segment.js";

export interface SequentialReader {
  /** Begins with a chunk; the one before was read to its end. Chunks are best asked for in the order of their positions. */
  begin(chunk: Chunk): void;
  /** The next bytes of the chunk that are in memory, valid until `fill`; undefined when none are. */
  take(): Uint8Array | undefined;
  /** Whether the chunk has bytes that were not taken. */
  readonly hasMore: boolean;
  /** Reads on, over what was in memory. Rejects with CorruptionError, StorageError or BlobMissing. */
  fill(): Promise<void>;
  /** The chunk was taken whole. Throws CorruptionError unless its bytes are those that were written. */
  verify(): void;
  readonly readBytes: number;
}

/** Reads into `buffer`; of the segment's bytes, those before `endPosition`. */
export function sequentialReader(blobs: BlobStore, segmentId: number, endPosition: number, buffer: Uint8Array): SequentialReader {
  const key = segmentKey(segmentId);
  const damaged = (at: number, reason: string) => new CorruptionError(blobs.location(key), at, reason);
  let chunk: Chunk | undefined;
  /** The next byte to take, the first byte after the chunk, and the checksum of what was taken. */
  let position = 0;
  let end = 0;
  let crc = 0;
  /** What the buffer holds: the segment's bytes from `heldFrom` to before `heldEnd`. */
  let heldFrom = 0;
  let heldEnd = 0;
  let readBytes = 0;
  return {
    begin(next) {
      chunk = next;
      position = next.position;
      end = next.position + next.lengthBytes;
      crc = 0;
    },
    take() {
      if (position < heldFrom || position >= heldEnd) return undefined;
      const bytes = buffer.subarray(position - heldFrom, Math.min(end, heldEnd) - heldFrom);
      crc = crc32c(bytes, crc);
      position += bytes.length;
      return bytes;
    },
    get hasMore() {
      return position < end;
    },
    async fill() {
      const into = buffer.subarray(0, Math.min(buffer.length, endPosition - position));
      heldFrom = heldEnd = position;
      const read = await blobs.read(key, position, into);
      heldEnd += read;
      readBytes += read;
      if (heldEnd < Math.min(end, heldFrom + into.length)) throw damaged(heldEnd, "the blob ends within a chunk");
    },
    verify() {
      if (chunk && crc !== chunk.crc) throw damaged(chunk.position, `the checksum of ${chunk.lengthBytes} bytes differs`);
    },
    get readBytes() {
      return readBytes;
    },
  };
}
