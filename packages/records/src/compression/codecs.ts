// Compression by name.
import type { Codec } from "./codec.js";
import { gzip } from "./gzip.js";
import { lz4 } from "./lz4.js";
import type { CompressionName } from "./names.js";
import { snappy } from "./snappy.js";
import { zstd } from "./zstd.js";

const codecs: Readonly<Record<Exclude<CompressionName, "none">, Codec>> = { gzip, snappy, lz4, zstd };

/** Decompressed records of one batch may not pass this unless the caller says otherwise: 128 MiB. */
export const DEFAULT_MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;

/** Compresses as Kafka's clients expect it. `level`: gzip 1 to 9, zstd -131072 to 22; the others have none. */
export function compress(name: CompressionName, bytes: Uint8Array, level?: number): Uint8Array {
  return name === "none" ? bytes : codecs[name].compress(bytes, level);
}

/** Throws RecordsError when the bytes are damaged or hold more than `maxBytes`, the latter before that memory is spent. */
export function decompress(name: CompressionName, bytes: Uint8Array, maxBytes: number = DEFAULT_MAX_DECOMPRESSED_BYTES): Uint8Array {
  return name === "none" ? bytes : codecs[name].decompress(bytes, maxBytes);
}
