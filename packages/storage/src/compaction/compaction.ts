// Compaction of one log: see LogStore.compact.
import type { BlobStore } from "../blobs/blob-store.js";
import type { ExtentIndex } from "../catalog/catalog.js";
import { StorageError } from "../errors.js";
import type { LogStore } from "../log/log.js";
import type { Replace } from "../log/replacement.js";

export interface CompactionPorts {
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly replace: Replace;
}

export function compaction(_ports: CompactionPorts): LogStore["compact"] {
  return async () => {
    throw new StorageError("closed", "compaction is being built");
  };
}
