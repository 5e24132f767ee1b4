// A batch in another compression than its producer's (topic configuration compression.type). Records and header stay what they are.

import { withRoomForHeader } from "./build.js";
import { readInt16, writeInt16, writeInt32 } from "./bytes.js";
import { compress, DEFAULT_MAX_DECOMPRESSED_BYTES, decompress } from "./compression/codecs.js";
import { type CompressionName, compressionId } from "./compression/names.js";
import { readBatchHeader } from "./header.js";
import { storedRecords } from "./iterate.js";
import * as layout from "./layout.js";
import { sealBatch } from "./patch.js";

/** A new batch; the one at `position` is not changed. Throws RecordsError when it cannot be decompressed within the bound. */
export function recompressBatch(
  bytes: Uint8Array,
  position: number,
  compression: CompressionName,
  level?: number,
  maxDecompressedBytes: number = DEFAULT_MAX_DECOMPRESSED_BYTES,
): Uint8Array {
  const header = readBatchHeader(bytes, position);
  const plain = decompress(header.compression, storedRecords(bytes, position, header), maxDecompressedBytes);
  const batch = withRoomForHeader(compress(compression, plain, level));
  batch.set(bytes.subarray(position, position + layout.BATCH_HEADER_BYTES));
  writeInt32(batch, layout.LENGTH_AT, batch.length - layout.BATCH_LENGTH_OVERHEAD);
  const attributes = readInt16(batch, layout.ATTRIBUTES_AT) & ~layout.COMPRESSION_BITS;
  writeInt16(batch, layout.ATTRIBUTES_AT, attributes | compressionId(compression));
  sealBatch(batch, 0);
  return batch;
}
