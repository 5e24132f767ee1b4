// A disk that may lose power: writes that were not synced are lost, torn or reordered; names that were not synced come and go; calls
// take their time, fail now and then, and find the disk full. What a resolved durable write or sync promised, it keeps.
import { dirname } from "node:path/posix";
import { type Disk, DiskError, type DiskFile, type OpenOptions, PAGE_BYTES } from "@moldau/env";
import { assert, crc32c } from "@moldau/std";
import type { SeededRandom } from "../time/seeded-random.js";
import type { VirtualTime } from "../time/virtual-time.js";
import { reusedMemory } from "./reused-memory.js";
import { lengthOf, type Parts, type SimFile, simFile } from "./sim-file.js";
import { simNames } from "./sim-names.js";

export interface SimDiskFaults {
  /** Probabilities that a call fails with EIO. */
  writeErrors: number;
  readErrors: number;
  /** Probability that a call takes very long. */
  stalls: number;
  /** Bytes in all. */
  capacityBytes: number;
  /** False: no O_DIRECT. */
  readonly direct: boolean;
}

/** Memory of at least that size is used again by the next life; of what is smaller, parts may be on their way over the network. */
const LARGE_BYTES = 256 * 1024;

/** How a broker ends: with its machine's power, or alone, and then what the system was told is not lost. */
export type Crash = "power" | "process";

export interface SimDisk {
  /** The disk as one life of a broker sees it. It ends with `crash`: nothing it began goes on. */
  boot(): Disk;
  crash(kind: Crash): void;
  /** Files and directories that are there. */
  paths(): Iterable<string>;
  readonly faults: SimDiskFaults;
}

/** A call under way that changes the disk: what comes of it when the broker ends in its middle. */
type Flying = (kind: Crash) => void;

export function simDisk(time: VirtualTime, random: SeededRandom, faults: SimDiskFaults): SimDisk {
  const names = simNames();
  const flying = new Set<Flying>();
  const locks = new Set<string>();
  const large = reusedMemory();
  let life = 0;

  const usedBytes = () => {
    let sum = 0;
    for (const { sizeBytes } of new Set(names.files())) sum += sizeBytes;
    return sum;
  };
  const delayMs = (bytes: number) =>
    0.02 + random.float() * 0.2 + bytes / 2_000_000 + (random.chance(faults.stalls) ? random.int(5, 50) : 0);

  /** Runs `action` after the time a disk takes, unless the life that asked for it is over. */
  const take = <Result>(bytes: number, action: () => Result, ended?: Flying): Promise<Result> => {
    const asked = life;
    if (ended) flying.add(ended);
    return new Promise((resolve, reject) => {
      time.after(delayMs(bytes), () => {
        if (asked !== life) return;
        if (ended) flying.delete(ended);
        try {
          resolve(action());
        } catch (error) {
          reject(error);
        }
      });
    });
  };
  /** The same for what may find the disk broken. */
  const takeOrFail = <Result>(path: string, errors: number, action: () => Result, ended?: Flying, failed?: () => void) => {
    const fails = random.chance(errors);
    const actOrFail = () => {
      if (!fails) return action();
      failed?.();
      throw new DiskError("EIO", path, `${path}: input/output error`);
    };
    return take(0, actOrFail, ended);
  };
  const looking = <Result>(path: string, action: () => Result) => takeOrFail(path, faults.readErrors, action);
  /** Changes of names: done or not, when the broker ends in their middle. */
  const naming = (path: string, action: () => void) =>
    takeOrFail(path, faults.writeErrors, action, () => {
      if (!random.chance(0.5)) return;
      try {
        action();
      } catch (error) {
        // Refused, and nobody left to be told.
        if (!(error instanceof DiskError)) throw error;
      }
    });
  const assertRoom = (path: string, file: SimFile, endBytes: number) => {
    const growth = endBytes - file.sizeBytes;
    if (growth > 0 && usedBytes() + growth > faults.capacityBytes) throw new DiskError("ENOSPC", path, `${path}: no space left`);
  };
  const assertDirectory = (path: string) => {
    if (!names.hasDirectory(dirname(path))) throw new DiskError("ENOENT", path, `${path}: no such directory`);
  };

  /** The system gives a closed file's descriptor to the next one that is opened: what still goes there would go to that one. */
  const openFile = (path: string, file: SimFile, options: OpenOptions): DiskFile => {
    let changing = 0;
    let closed = false;
    const calls = callsOf(path, file, options);
    const change = async (begin: () => Promise<void>): Promise<void> => {
      assert(!closed, () => `${path} is changed after it was closed`);
      changing++;
      try {
        await begin();
      } finally {
        changing--;
      }
    };
    return {
      ...calls,
      write: (parts, position) => change(() => calls.write(parts, position)),
      sync: () => change(calls.sync),
      truncate: (sizeBytes) => change(() => calls.truncate(sizeBytes)),
      close() {
        assert(changing === 0, () => `${path} is closed while it is changed`);
        closed = true;
        return calls.close();
      },
    };
  };

  const callsOf = (path: string, file: SimFile, { mode }: OpenOptions): DiskFile => ({
    async write(parts, position) {
      if (mode === "direct") assertAligned(path, parts, position);
      assertRoom(path, file, position + lengthOf(parts));
      time.note(position);
      for (const part of parts) time.note(crc32c(part));
      const tear = () => file.tear(position, parts, random);
      await takeOrFail(
        path,
        faults.writeErrors,
        () => (mode === "buffered" ? file.write(position, parts) : file.writeDurably(position, parts)),
        (kind) => {
          if (kind === "process" && random.chance(0.5)) file.write(position, parts);
          else if (mode !== "buffered") tear();
        },
        mode === "buffered" ? undefined : tear,
      );
    },
    read: (into, position) =>
      looking(path, () => {
        if (mode === "direct") assertAligned(path, [into], position);
        return file.read(position, into);
      }),
    sync() {
      const mark = file.mark();
      const fail = () => file.failSync(mark, random, mode !== "direct");
      return takeOrFail(path, faults.writeErrors, () => file.sync(mark), undefined, fail);
    },
    sizeBytes: () => looking(path, () => file.sizeBytes),
    truncate: (sizeBytes) => naming(path, () => file.resize(sizeBytes)),
    close: async () => undefined,
  });

  const syncDirectory = (directory: string) => {
    const mark = names.mark();
    return takeOrFail(directory, faults.writeErrors, () => names.sync(directory, mark));
  };
  const makeDirectory = async (path: string): Promise<void> => {
    if (!names.hasDirectory(dirname(path))) await makeDirectory(dirname(path));
    await naming(path, () => names.makeDirectory(path));
    await syncDirectory(dirname(path));
  };

  const boot = (): Disk => ({
    open: (path, options) =>
      looking(path, () => {
        if (options.mode === "direct" && !faults.direct) throw new DiskError("EINVAL", path, `open ${path}: no direct writes`);
        const known = names.file(path);
        if (!known && !options.create) throw new DiskError("ENOENT", path, `open ${path}: no such file`);
        assertDirectory(path);
        const file = known ?? simFile();
        if (!known) names.set(path, file);
        return openFile(path, file, options);
      }),
    readFile: (path) =>
      looking(path, () => {
        const file = names.file(path);
        if (!file) return undefined;
        const bytes = new Uint8Array(file.sizeBytes);
        file.read(0, bytes);
        return bytes;
      }),
    async replaceFile(path, content) {
      const file = simFile();
      assertRoom(path, file, content.length);
      file.writeDurably(0, [content]);
      await naming(path, () => {
        assertDirectory(path);
        names.set(path, file);
      });
      names.sync(dirname(path), names.mark());
    },
    rename: (from, to) =>
      naming(from, () => {
        if (!names.file(from)) throw new DiskError("ENOENT", from, `rename ${from}: no such file`);
        assertDirectory(to);
        names.rename(from, to);
      }),
    link: (from, to) =>
      naming(from, () => {
        const file = names.file(from);
        if (!file) throw new DiskError("ENOENT", from, `link ${from}: no such file`);
        assertDirectory(to);
        if (names.file(to)) throw new DiskError("EEXIST", to, `link ${to}: the name is taken`);
        names.set(to, file);
      }),
    remove: (path) => naming(path, () => names.remove(path)),
    list: (directory) => looking(directory, () => names.list(directory)),
    makeDirectory,
    syncDirectory,
    async lock(directory) {
      if (locks.has(directory)) throw new DiskError("ELOCKED", directory, `${directory} is in use`);
      locks.add(directory);
      return { release: async () => void locks.delete(directory) };
    },
    space: async () => ({ freeBytes: Math.max(0, faults.capacityBytes - usedBytes()), totalBytes: faults.capacityBytes }),
    alignedMemory: (bytes) => (bytes < LARGE_BYTES ? new Uint8Array(bytes) : large.take(bytes)),
  });

  return {
    faults,
    boot,
    paths: names.paths,
    crash(kind) {
      life++;
      large.takeBack();
      locks.clear();
      for (const ended of flying) ended(kind);
      flying.clear();
      if (kind === "process") return;
      names.crash(random);
      for (const file of new Set(names.files())) file.crash(random);
    },
  };
}

function assertAligned(path: string, parts: Parts, position: number): void {
  const misfits = (value: number) => value % PAGE_BYTES !== 0;
  if (misfits(position) || parts.some(({ length, byteOffset }) => misfits(length) || misfits(byteOffset))) {
    throw new DiskError("EINVAL", path, `${path}: a direct call on memory or positions that are not whole pages`);
  }
}
