import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk, systemTimers } from "@moldau/env";
import { describeClusterLog } from "../cluster-log.contract.js";
import { describeExtentIndex } from "../extent-index.contract.js";
import { lmdbCatalog } from "./lmdb-catalog.js";

/** A catalog in a directory of its own, that can be closed and opened again. */
async function onDisk() {
  const directory = await mkdtemp(join(tmpdir(), "moldau-catalog-"));
  const open = () => lmdbCatalog({ disk: nodeDisk(), timers: systemTimers, directory });
  let catalog = await open();
  return {
    catalog,
    async reopen() {
      await catalog.close();
      catalog = await open();
      return catalog;
    },
    async close() {
      await catalog.close();
      await rm(directory, { recursive: true });
    },
  };
}

describeExtentIndex("lmdb", async () => {
  const { catalog, reopen, close } = await onDisk();
  return { index: catalog.extents, reopen: async () => (await reopen()).extents, close };
});

describeClusterLog("lmdb", async () => {
  const { catalog, reopen, close } = await onDisk();
  return { log: catalog.clusterLog, reopen: async () => (await reopen()).clusterLog, close };
});
