// The disk as a port. Paths are absolute. Failures are DiskError, with the cause's code kept.

export interface Disk {
  /** Opens a file for reading and writing, unless it is `readOnly`. */
  open(path: string, options: OpenOptions): Promise<DiskFile>;
  /** The whole content, or undefined when there is no such file. For small files. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** Creates or replaces a small file so that after a crash it is the old or the new one, whole: written aside, synced, renamed, directory synced. */
  replaceFile(path: string, content: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name (a hard link); "EEXIST" when that name is taken. Some file systems refuse: "EPERM", "ENOTSUP" and the like. */
  link(from: string, to: string): Promise<void>;
  /** Deletes a file; one that does not exist is no error. */
  remove(path: string): Promise<void>;
  /** Names in a directory, unordered; empty when it does not exist. */
  list(directory: string): Promise<readonly DirectoryEntry[]>;
  /** Creates the directory and those above it where they are missing. Their names are durable when this resolves. */
  makeDirectory(path: string): Promise<void>;
  /** Makes creations, renames and removals in `directory` durable. */
  syncDirectory(directory: string): Promise<void>;
  /** Takes the directory's lock for this process, or says who has it. Held until released or the process ends. */
  lock(directory: string): Promise<DiskLock>;
  /** Bytes free and bytes in all on the file system that holds `path`. */
  space(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
  /** Memory that direct writes accept: aligned to PAGE_BYTES, never touched before. */
  alignedMemory(bytes: number): Uint8Array;
}

export const PAGE_BYTES = 4096;

export interface OpenOptions {
  readonly create?: boolean;
  /**
   * "direct": each resolved write is durable (O_DIRECT|O_DSYNC): bytes, position and memory are page-aligned, and it is
   * refused with code "EINVAL" where the file system has no O_DIRECT. "synced": each resolved write is durable through
   * the page cache (O_DSYNC). "buffered": durable after sync().
   */
  readonly mode: "direct" | "synced" | "buffered";
  /**
   * Past the page cache (O_DIRECT) though "buffered": for large files that are written once and then synced. Aligned and refused
   * as "direct" is.
   */
  readonly uncached?: boolean;
  /** To look at files that are another process's, or that may not be written: writes are refused with "EBADF". */
  readonly readOnly?: boolean;
}

export interface DiskFile {
  /**
   * Writes all parts, one after another, from `position` on. What is `urgent` and small may be waited for in place, which is sooner
   * done and holds up everything else for as long; unless the file is "buffered".
   */
  write(parts: readonly Uint8Array[], position: number, urgent?: boolean): Promise<void>;
  /** Fills `into` from `position`; fewer bytes only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Everything written so far is durable when this resolves. */
  sync(): Promise<void>;
  sizeBytes(): Promise<number>;
  truncate(sizeBytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "other";
}

export interface DiskLock {
  release(): Promise<void>;
}

export class DiskError extends Error {
  override readonly name = "DiskError";
  /** The system's code, e.g. "ENOSPC", "EIO", "EACCES"; "ELOCKED" when another process holds the lock. */
  readonly code: string;
  readonly path: string;
  constructor(code: string, path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.path = path;
  }
}
