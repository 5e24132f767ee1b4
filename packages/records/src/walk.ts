// Walks over batches that lie one after the other, by their length fields.
import { batchSizeBytes } from "./header.js";
import * as layout from "./layout.js";

/** Smallest size of an entry of any magic: below it, a walk could not go on. */
const ENTRY_BYTES_MIN = layout.MAGIC_PREFIX_BYTES;

/** The position after the batch at `position`, or -1 when no whole batch is there: cut off by `limit`, or no batch at all. */
export function nextBatch(bytes: Uint8Array, position: number, limit: number): number {
  if (limit - position < ENTRY_BYTES_MIN) return -1;
  const sizeBytes = batchSizeBytes(bytes, position);
  return sizeBytes < ENTRY_BYTES_MIN || sizeBytes > limit - position ? -1 : position + sizeBytes;
}

/** The positions of the whole batches in [from, limit). Ends before a batch that is cut off, as the last one of a fetch may be. */
export function* batches(bytes: Uint8Array, from = 0, limit = bytes.length): Iterable<number> {
  for (let position = from, next = nextBatch(bytes, from, limit); next >= 0; position = next, next = nextBatch(bytes, next, limit)) {
    yield position;
  }
}
