// The real disk as the media of a log store's world.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, type DiskFile, type DiskLock, nodeDisk, systemTimers } from "@moldau/env";
import { directoryBlobs } from "../../blobs/directory-blobs.js";
import type { Catalog } from "../../catalog/catalog.js";
import { lmdbCatalog } from "../../catalog/lmdb/lmdb-catalog.js";
import type { Media } from "./world.js";

export interface DiskMedia extends Media {
  /** Deletes the directory. */
  remove(): Promise<void>;
}

/** A directory of its own. What a crashed store had open is closed, as the system does for a process that ends. */
export async function diskMedia(): Promise<DiskMedia> {
  const parent = await mkdtemp(join(tmpdir(), "moldau-store-"));
  const real = nodeDisk();
  let files: DiskFile[] = [];
  let locks: DiskLock[] = [];
  let catalogs: Catalog[] = [];
  const openDisk = (): Disk => ({
    ...real,
    async open(path, options) {
      const file = await real.open(path, options);
      files.push(file);
      return file;
    },
    async lock(directory) {
      const lock = await real.lock(directory);
      locks.push(lock);
      return lock;
    },
  });

  const crashed = async () => {
    for (const file of files) await file.close().catch(() => {});
    for (const catalog of catalogs) await catalog.close();
    for (const lock of locks) await lock.release();
    files = [];
    locks = [];
    catalogs = [];
  };
  return {
    directory: join(parent, "data"),
    openDisk,
    async openCatalog(directory) {
      const catalog = await lmdbCatalog({ disk: real, timers: systemTimers, directory });
      catalogs.push(catalog);
      return catalog;
    },
    openBlobs: async (disk, directory) => directoryBlobs({ disk, directory }),
    crashed,
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}
