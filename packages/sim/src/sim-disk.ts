// A disk that may lose power: writes that were not synced are lost, torn or reordered; names that were not synced come and go; calls
// take their time, fail now and then, and find the disk full. What a resolved durable write or sync promised, it keeps.
import { dirname } from "node:path";
import { type DirectoryEntry, type Disk, DiskError, type DiskFile, type OpenOptions } from "@moldau/env";
import type { SeededRandom } from "./seeded-random.js";
import { type SimFile, simFile } from "./sim-file.js";
import type { VirtualTime } from "./virtual-time.js";

export interface SimDiskFaults {
  /** Probability that a write fails with EIO. */
  writeErrors: number;
  /** Bytes in all. */
  capacityBytes: number;
  /** False: no O_DIRECT. */
  readonly direct: boolean;
  /** Broken on purpose, to see the checkers notice: durable writes are no more than buffered ones. */
  readonly lyingSync?: boolean;
}

export interface SimDisk {
  /** The disk as one life of a broker sees it. It ends with `crash`: nothing it began goes on. */
  boot(): Disk;
  /** The power goes. */
  crash(): void;
  readonly faults: SimDiskFaults;
}

/** A change of names, not durable until its directory is synced. */
type NameChange = { readonly directory: string; readonly path: string; readonly file: SimFile | undefined };

interface FlyingWrite {
  readonly file: SimFile;
  readonly position: number;
  readonly bytes: Uint8Array;
}

export function simDisk(time: VirtualTime, random: SeededRandom, faults: SimDiskFaults): SimDisk {
  let names = new Map<string, SimFile>();
  let durableNames = new Map<string, SimFile>();
  const changes: NameChange[] = [];
  const directories = new Set<string>();
  const flying = new Set<FlyingWrite>();
  let life = 0;

  const change = (path: string, file: SimFile | undefined) => {
    if (file) names.set(path, file);
    else names.delete(path);
    changes.push({ directory: dirname(path), path, file });
  };
  const settle = (settled: readonly NameChange[]) => {
    for (const { path, file } of settled) {
      if (file) durableNames.set(path, file);
      else durableNames.delete(path);
    }
  };
  const syncNames = (directory: string) => {
    settle(changes.filter((one) => one.directory === directory));
    changes.splice(0, changes.length, ...changes.filter((one) => one.directory !== directory));
  };
  const usedBytes = () => [...names.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

  /** Runs `action` after the time a disk takes, unless the life that asked for it is over. */
  const take = <Result>(bytes: number, action: () => Result): Promise<Result> => {
    const asked = life;
    const delayMs = 0.05 + random.float() * 0.2 + bytes / 2_000_000 + (random.chance(0.01) ? random.int(5, 50) : 0);
    return new Promise((resolve, reject) => {
      time.after(delayMs, () => {
        if (asked !== life) return;
        try {
          resolve(action());
        } catch (error) {
          reject(error);
        }
      });
    });
  };

  const openFile = (path: string, file: SimFile, { mode }: OpenOptions): DiskFile => ({
    async write(parts, position) {
      const bytes = Buffer.concat(parts);
      const write: FlyingWrite = { file, position, bytes };
      const growth = Math.max(0, position + bytes.length - file.sizeBytes);
      if (growth > 0 && usedBytes() + growth > faults.capacityBytes) throw new DiskError("ENOSPC", path, `write ${path}: no space left`);
      const fails = random.chance(faults.writeErrors);
      flying.add(write);
      await take(bytes.length, () => {
        flying.delete(write);
        if (fails) {
          file.tear(position, bytes, random);
          throw new DiskError("EIO", path, `write ${path}: input/output error`);
        }
        if (mode === "buffered" || faults.lyingSync) file.write(position, bytes);
        else file.writeDurably(position, bytes);
      });
    },
    read: (into, position) =>
      take(into.length, () => {
        const found = file.seen.subarray(position, Math.min(position + into.length, file.sizeBytes));
        into.set(found);
        return found.length;
      }),
    sync: () => take(0, () => (faults.lyingSync ? undefined : file.sync())),
    sizeBytes: async () => file.sizeBytes,
    truncate: (sizeBytes) => take(0, () => file.resize(sizeBytes)),
    close: async () => undefined,
  });

  const boot = (): Disk => ({
    open: (path, options) =>
      take(0, () => {
        if (options.mode === "direct" && !faults.direct) throw new DiskError("EINVAL", path, `open ${path}: no direct writes`);
        const known = names.get(path);
        if (!known && !options.create) throw new DiskError("ENOENT", path, `open ${path}: no such file`);
        const file = known ?? simFile();
        if (!known) change(path, file);
        return openFile(path, file, options);
      }),
    readFile: (path) =>
      take(0, () => {
        const file = names.get(path);
        return file?.seen.slice(0, file.sizeBytes);
      }),
    replaceFile: (path, content) =>
      take(content.length, () => {
        const file = simFile();
        file.writeDurably(0, content);
        change(path, file);
        syncNames(dirname(path));
      }),
    rename: (from, to) =>
      take(0, () => {
        const file = names.get(from);
        if (!file) throw new DiskError("ENOENT", from, `rename ${from}: no such file`);
        change(to, file);
        change(from, undefined);
      }),
    remove: (path) => take(0, () => (names.has(path) ? change(path, undefined) : undefined)),
    list: (directory) => take(0, () => listed(directory, names, directories)),
    makeDirectory: async (path) => {
      for (let at = path; at !== dirname(at); at = dirname(at)) directories.add(at);
    },
    syncDirectory: (directory) => take(0, () => syncNames(directory)),
    lock: async () => ({ release: async () => undefined }),
    space: async () => ({ freeBytes: Math.max(0, faults.capacityBytes - usedBytes()), totalBytes: faults.capacityBytes }),
    alignedMemory: (bytes) => new Uint8Array(bytes),
  });

  return {
    faults,
    boot,
    crash() {
      life++;
      for (const { file, position, bytes } of flying) file.tear(position, bytes, random);
      flying.clear();
      // Names become durable in the order of their changes: a journaling file system loses the last ones.
      settle(changes.slice(0, random.int(0, changes.length)));
      changes.length = 0;
      names = new Map(durableNames);
      durableNames = new Map(names);
      for (const file of new Set(names.values())) file.crash(random);
    },
  };
}

function listed(directory: string, names: ReadonlyMap<string, SimFile>, directories: ReadonlySet<string>): DirectoryEntry[] {
  const inside = (path: string) => path !== directory && dirname(path) === directory;
  const entry = (kind: DirectoryEntry["kind"]) => (path: string) => ({ name: path.slice(directory.length + 1), kind });
  return [...[...names.keys()].filter(inside).map(entry("file")), ...[...directories].filter(inside).map(entry("directory"))];
}
