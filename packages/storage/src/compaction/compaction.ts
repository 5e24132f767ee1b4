// Compaction of one log: see LogStore.compact.
import { assert } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { ExtentIndex } from "../catalog/catalog.js";
import type { LogStore } from "../log/log.js";
import type { Replace } from "../log/replacement.js";

export interface CompactionPorts {
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly replace: Replace;
}

export function compaction(_ports: CompactionPorts): LogStore["compact"] {
  return async () => {
    assert(false, "compaction is being built");
    throw new Error();
  };
}
