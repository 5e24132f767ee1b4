// A disk in memory, for tests: nothing outlives the process, every write is durable at once, and a test may look at the bytes,
// change them, and let calls fail.
import { dirname } from "node:path";
import { type DirectoryEntry, type Disk, DiskError, type DiskFile, type OpenOptions, PAGE_BYTES } from "./disk.js";

export interface MemoryDiskOptions {
  /** False: like a file system without O_DIRECT. */
  readonly direct?: boolean;
  /** Writes that would need more in all fail with ENOSPC. */
  capacityBytes?: number;
  /** Runs before each write; what it throws or rejects with is the write's failure. */
  beforeWrite?: (path: string, position: number, parts: readonly Uint8Array[]) => void | Promise<void>;
}

export interface MemoryDisk extends Disk {
  /** May be changed at any time. */
  readonly options: MemoryDiskOptions;
  /** The bytes of a file, to look at and to change in place. */
  bytesOf(path: string): Uint8Array;
  /** A disk of its own with the files as they are now: what a machine would find after a crash. */
  restarted(): MemoryDisk;
}

interface Content {
  bytes: Uint8Array;
  sizeBytes: number;
}

export function memoryDisk(options: MemoryDiskOptions = {}, files: ReadonlyMap<string, Content> = new Map()): MemoryDisk {
  const contents = new Map(files);
  const directories = new Set<string>(Array.from(files.keys(), (path) => dirname(path)));
  const locked = new Set<string>();

  const contentOf = (path: string): Content => {
    const content = contents.get(path);
    if (!content) throw new DiskError("ENOENT", path, `${path}: no such file`);
    return content;
  };
  const resize = (path: string, content: Content, sizeBytes: number): void => {
    const others = sum(contents) - content.sizeBytes;
    if (sizeBytes > content.sizeBytes && others + sizeBytes > (options.capacityBytes ?? Number.POSITIVE_INFINITY)) {
      throw new DiskError("ENOSPC", path, `${path}: no space left`);
    }
    if (sizeBytes > content.bytes.length) {
      const larger = new Uint8Array(Math.max(sizeBytes, 2 * content.bytes.length));
      larger.set(content.bytes.subarray(0, content.sizeBytes));
      content.bytes = larger;
    }
    content.bytes.fill(0, Math.min(content.sizeBytes, sizeBytes), content.sizeBytes);
    content.sizeBytes = sizeBytes;
  };

  const openFile = (path: string, content: Content, { mode, uncached, readOnly }: OpenOptions): DiskFile => ({
    write: async (parts, position) => {
      if (readOnly) throw new DiskError("EBADF", path, `${path}: opened for reading only`);
      const lengthBytes = parts.reduce((total, part) => total + part.length, 0);
      if ((mode === "direct" || uncached) && [position, ...parts.map((part) => part.length)].some((value) => value % PAGE_BYTES !== 0)) {
        throw new DiskError("EINVAL", path, `${path}: an unaligned direct write`);
      }
      await options.beforeWrite?.(path, position, parts);
      if (position + lengthBytes > content.sizeBytes) resize(path, content, position + lengthBytes);
      for (const part of parts) {
        content.bytes.set(part, position);
        position += part.length;
      }
    },
    read: async (into, position) => {
      const found = content.bytes.subarray(position, Math.min(position + into.length, content.sizeBytes));
      into.set(found);
      return found.length;
    },
    sync: async () => undefined,
    sizeBytes: async () => content.sizeBytes,
    truncate: async (sizeBytes) => resize(path, content, sizeBytes),
    close: async () => undefined,
  });

  return {
    options,
    bytesOf: (path) => contentOf(path).bytes.subarray(0, contentOf(path).sizeBytes),
    restarted: () => memoryDisk({ ...options }, copied(contents)),
    open: async (path, openOptions) => {
      const direct = openOptions.mode === "direct" || openOptions.uncached;
      if (direct && options.direct === false) throw new DiskError("EINVAL", path, `${path}: no direct writes`);
      if (openOptions.create && !contents.has(path)) contents.set(path, { bytes: new Uint8Array(0), sizeBytes: 0 });
      return openFile(path, contentOf(path), openOptions);
    },
    readFile: async (path) => contents.get(path)?.bytes.slice(0, contentOf(path).sizeBytes),
    replaceFile: async (path, bytes) => {
      contents.set(path, { bytes: bytes.slice(), sizeBytes: bytes.length });
    },
    rename: async (from, to) => {
      contents.set(to, contentOf(from));
      contents.delete(from);
    },
    link: async (from, to) => {
      if (contents.has(to)) throw new DiskError("EEXIST", to, `${to} is there`);
      contents.set(to, contentOf(from));
    },
    remove: async (path) => {
      contents.delete(path);
    },
    list: async (directory) => list(directory, contents.keys(), directories),
    makeDirectory: async (path) => {
      for (let at = path; at !== dirname(at); at = dirname(at)) directories.add(at);
    },
    syncDirectory: async () => undefined,
    lock: async (directory) => {
      if (locked.has(directory)) throw new DiskError("ELOCKED", directory, `${directory} is in use`);
      locked.add(directory);
      return {
        release: async () => {
          locked.delete(directory);
        },
      };
    },
    space: async () => {
      const totalBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
      return { freeBytes: Math.max(0, totalBytes - sum(contents)), totalBytes };
    },
    alignedMemory: (bytes) => new Uint8Array(bytes),
  };
}

/** Copies of all files; what has two names still does. */
function copied(contents: ReadonlyMap<string, Content>): Map<string, Content> {
  const copies = new Map<Content, Content>();
  for (const content of contents.values()) copies.set(content, { bytes: content.bytes.slice(), sizeBytes: content.sizeBytes });
  return new Map(Array.from(contents, ([path, content]) => [path, copies.get(content) ?? content]));
}

function sum(contents: ReadonlyMap<string, Content>): number {
  let total = 0;
  for (const { sizeBytes } of new Set(contents.values())) total += sizeBytes;
  return total;
}

function list(directory: string, files: Iterable<string>, directories: Iterable<string>): DirectoryEntry[] {
  const inside = (path: string): boolean => dirname(path) === directory && path !== directory;
  const named = (path: string): string => path.slice(directory.length).replace(/^\//, "");
  return [
    ...Array.from(files)
      .filter(inside)
      .map((path) => ({ name: named(path), kind: "file" as const })),
    ...Array.from(directories)
      .filter(inside)
      .map((path) => ({ name: named(path), kind: "directory" as const })),
  ];
}
