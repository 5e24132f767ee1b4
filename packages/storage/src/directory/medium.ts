// The medium: where the catalog and the segments of a broker lie. The journal is local to the broker.
import type { Disk, Timers } from "@moldau/env";
import type { BlobStore } from "../blobs/blob-store.js";
import { directoryBlobs } from "../blobs/directory-blobs.js";
import { memoryBlobs } from "../blobs/memory-blobs.js";
import type { Catalog } from "../catalog/catalog.js";
import { lmdbCatalog } from "../catalog/lmdb/lmdb-catalog.js";
import { memoryCatalog } from "../catalog/memory-catalog.js";

export interface Medium {
  /** Opens the catalog in its part of the data directory. */
  readonly openCatalog: (directory: string) => Promise<Catalog>;
  /** Opens the blobs in the data directory: keys are paths in it. */
  readonly openBlobs: (directory: string) => Promise<BlobStore>;
}

/** Files and LMDB in the data directory. */
export function localMedium({ disk, timers }: { readonly disk: Disk; readonly timers: Timers }): Medium {
  return {
    openCatalog: (directory) => lmdbCatalog({ disk, timers, directory }),
    openBlobs: async (directory) => directoryBlobs({ disk, directory }),
  };
}

/** For tests: forgotten with the object. Opening it again finds what was committed. */
export function memoryMedium(): Medium {
  const catalog = memoryCatalog();
  const blobs = memoryBlobs();
  return { openCatalog: async () => catalog, openBlobs: async () => blobs };
}
