// The catalog on the local medium: an LMDB file of rows whose encodings are ours (keys.ts, rows.ts).
import type { Disk, Timers } from "@moldau/env";
import { inTurn } from "@moldau/std";
import { DirectoryRefused } from "../../errors.js";
import type { Catalog } from "../catalog.js";
import { settingKey } from "./keys.js";
import { lmdbClusterLog } from "./lmdb-cluster-log.js";
import { lmdbExtents } from "./lmdb-extents.js";
import { checkLmdbFile } from "./lmdb-file.js";
import { type LmdbTree, openTree } from "./lmdb-tree.js";
import { decodeNumber, encodeNumber } from "./rows.js";

export interface LmdbCatalogOptions {
  readonly disk: Disk;
  readonly timers: Pick<Timers, "yield">;
  /** An absolute path of the real file system, for LMDB opens the file itself. One process has it open at a time. */
  readonly directory: string;
}

const CATALOG_FORMAT = 1;
const FORMAT_KEY = settingKey("format");

/** Opens or creates the catalog. Throws DirectoryRefused when a newer release wrote it, CorruptionError when the file is damaged. */
export async function lmdbCatalog({ disk, timers, directory }: LmdbCatalogOptions): Promise<Catalog> {
  const path = `${directory}/catalog.mdb`;
  await disk.makeDirectory(directory);
  await checkLmdbFile(disk, path);
  const tree = await openTree(disk, path);
  try {
    await checkFormat(tree, path);
    await disk.syncDirectory(directory);
    const writing = inTurn();
    const extents = await lmdbExtents({ tree, timers, writing });
    return { extents, clusterLog: lmdbClusterLog(tree, writing), close: () => writing(() => tree.close()) };
  } catch (error) {
    await tree.close();
    throw error;
  }
}

async function checkFormat(tree: LmdbTree, path: string): Promise<void> {
  const stored = tree.get(FORMAT_KEY);
  if (stored === undefined) return tree.write([{ key: FORMAT_KEY, value: encodeNumber(CATALOG_FORMAT) }]);
  const format = decodeNumber(stored);
  if (format > CATALOG_FORMAT) {
    throw new DirectoryRefused(`${path} has format ${format}, written by a newer release; this one reads ${CATALOG_FORMAT}`);
  }
}
