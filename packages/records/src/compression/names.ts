// The compressions of record batches: their ids in the attributes (bits 0-2), their names in configurations.
import { RecordsError } from "../errors.js";

/** In the order of their ids; zstd since KIP-110. */
export const COMPRESSIONS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

export type CompressionName = (typeof COMPRESSIONS)[number];

/** The name of the id 0 to 4. Throws RecordsError for others. */
export function compressionName(id: number): CompressionName {
  const name = COMPRESSIONS[id];
  if (name === undefined) throw new RecordsError(`unknown compression ${id}`);
  return name;
}

export function compressionId(name: CompressionName): number {
  return COMPRESSIONS.indexOf(name);
}
