// Blobs as files of a directory: a key is a path in it. A blob is written aside, synced and renamed, so it is there whole or not at all.
//
//   directory/
//     .incoming/            blobs being written; what a crash left there is removed before the next is written
//     segments/2a/….seg
import { basename, dirname, join } from "node:path/posix";
import { type Disk, DiskError } from "@moldau/env";
import { diskFailure } from "../journal/disk-failure.js";
import { assertBlobKey, isBlobKey } from "./blob-key.js";
import { type BlobInfo, BlobMissing, type BlobStore } from "./blob-store.js";
import { blobWriter } from "./blob-writer.js";
import { openFiles } from "./open-files.js";

export interface DirectoryBlobsOptions {
  readonly disk: Disk;
  /** An absolute path. One process writes in it at a time. */
  readonly directory: string;
}

/** No key begins with a dot, so nothing in here is taken for a blob. */
const INCOMING = ".incoming";
/** What a file system says that has no second names, or none here. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK"]);
const OPEN_FILES = 256;
/** Consolidation, merging and compaction do not wait for one another. */
const WRITERS = 4;

/** Failures of the disk are StorageError. */
export function directoryBlobs({ disk, directory }: DirectoryBlobsOptions): BlobStore {
  const files = openFiles(disk, OPEN_FILES);
  const writer = blobWriter(disk, WRITERS);
  const prepared = preparing(disk, directory);
  let incoming = 0;
  let takesNames = true;

  const location = (key: string): string => {
    assertBlobKey(key);
    return join(directory, key);
  };

  const put: BlobStore["put"] = async (key, parts) => {
    const path = location(key);
    const aside = join(directory, INCOMING, `${incoming++}-${basename(key)}`);
    await prepared.incoming();
    try {
      await writer.write(aside, parts);
      await prepared.folder(dirname(path));
      await disk.rename(aside, path);
    } catch (error) {
      await disk.remove(aside).catch(() => {});
      throw error;
    }
    await disk.syncDirectory(dirname(path));
  };

  const adopt = async (key: string, path: string): Promise<boolean> => {
    const name = location(key);
    await prepared.folder(dirname(name));
    try {
      await disk.link(path, name);
    } catch (error) {
      const code = error instanceof DiskError ? error.code : undefined;
      if (code !== undefined && NO_LINKS.has(code)) {
        takesNames = false;
        return false;
      }
      if (code !== "EEXIST") throw error;
    }
    await disk.syncDirectory(dirname(name));
    return true;
  };

  return {
    put: (key, parts) => told(key, () => put(key, parts)),
    get adopt() {
      return takesNames ? (key: string, path: string) => told(key, () => adopt(key, path)) : undefined;
    },
    read: (key, position, into) => told(key, () => files.use(location(key), (file) => file.read(into, position))),
    sizeBytes: (key) => told(key, () => files.use(location(key), (file) => file.sizeBytes())),
    async delete(keys) {
      for (const key of keys) {
        const path = location(key);
        files.forget(path);
        await told(key, () => disk.remove(path));
      }
    },
    list: (prefix) => listed(disk, directory, prefix),
    location,
  };
}

/** Runs `action`; what the disk throws becomes what the port promises. */
async function told<Result>(key: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof DiskError && error.code === "ENOENT") throw new BlobMissing(`no blob ${key}`, { cause: error });
    throw diskFailure(error);
  }
}

/** Makes folders before the first file is put in them. */
function preparing(disk: Disk, directory: string) {
  const known = new Map<string, Promise<void>>();
  const once = (path: string, prepare: () => Promise<void>): Promise<void> => {
    const present = known.get(path);
    if (present) return present;
    const mine = prepare();
    known.set(path, mine);
    // A failure is for who asked; the next one tries anew.
    mine.catch(() => known.delete(path));
    return mine;
  };
  /** Level by level: after one whose sync failed, its name is there and not durable, and only being made again makes it so. */
  const folder = (path: string): Promise<void> =>
    once(path, async () => {
      if (dirname(path) !== directory && path !== directory) await folder(dirname(path));
      await disk.makeDirectory(path);
    });
  return {
    folder,
    incoming: () =>
      once(join(directory, INCOMING), async () => {
        const path = join(directory, INCOMING);
        await disk.makeDirectory(path);
        for (const { name } of await disk.list(path)) await disk.remove(join(path, name));
      }),
  };
}

/** Walks the folders that can hold keys with this prefix. */
async function* listed(disk: Disk, directory: string, prefix: string): AsyncIterable<BlobInfo> {
  const folders = [dirname(`${prefix}-`)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const path = join(directory, folder);
    for (const { name, kind } of await told(folder, () => disk.list(path))) {
      const key = join(folder, name);
      const mayMatch = key.startsWith(prefix) || prefix.startsWith(`${key}/`);
      if (!mayMatch || !isBlobKey(key)) continue;
      if (kind === "directory") folders.push(key);
      const sizeBytes = kind === "file" ? await sizeOf(disk, join(directory, key)) : undefined;
      if (sizeBytes !== undefined) yield { key, sizeBytes };
    }
  }
}

/** Undefined when the file was deleted since it was listed. */
async function sizeOf(disk: Disk, path: string): Promise<number | undefined> {
  try {
    const file = await disk.open(path, { mode: "buffered" });
    return await file.sizeBytes().finally(() => file.close());
  } catch (error) {
    if (error instanceof DiskError && error.code === "ENOENT") return undefined;
    throw diskFailure(error);
  }
}
