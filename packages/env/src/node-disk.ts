// The real disk.
import { link, mkdir, open, readdir, readFile, rename, statfs, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { performance } from "node:perf_hooks";
import type { DirectoryEntry, Disk } from "./disk.js";
import { diskError, errorCode } from "./node-disk-error.js";
import { openNodeFile } from "./node-file.js";
import { inlineBudget } from "./node-inline-writes.js";
import { lockDirectory } from "./node-lock.js";

const WASM_PAGE_BYTES = 64 * 1024;
/** What is used of WebAssembly, which Node's types leave to the browser's. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/** The machine's file system. */
export function nodeDisk(): Disk {
  const inline = inlineBudget(() => performance.now());
  return {
    open: (path, options) => openNodeFile(path, options, inline),
    readFile: (path) => attempt("read", path, () => unlessMissing(readFile(path), undefined)),
    replaceFile: (path, content) => attempt("replace", path, () => replace(path, content)),
    rename: (from, to) => attempt("rename", from, () => rename(from, to)),
    link: (from, to) => attempt("link", from, () => link(from, to)),
    remove: (path) => attempt("remove", path, () => unlessMissing(unlink(path), undefined)),
    list: (directory) => attempt("list", directory, () => unlessMissing(entries(directory), [])),
    makeDirectory: (path) => attempt("make directory", path, () => makeDirectory(path)),
    syncDirectory: (directory) => attempt("sync", directory, () => syncDirectory(directory)),
    lock: lockDirectory,
    space: (path) => attempt("stat", path, () => space(path)),
    alignedMemory,
  };
}

async function attempt<Result>(doing: string, path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw diskError(error, path, doing);
  }
}

async function unlessMissing<Result, Missing>(result: Promise<Result>, missing: Missing): Promise<Result | Missing> {
  try {
    return await result;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return missing;
    throw error;
  }
}

async function replace(path: string, content: Uint8Array): Promise<void> {
  const aside = `${path}.new`;
  const file = await open(aside, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  await syncDirectory(dirname(path));
}

/** Level by level, each made durable before the next: so of the directories that a crash leaves, only the last may need a sync. */
async function makeDirectory(path: string): Promise<void> {
  const failure = await mkdir(path).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure === undefined) return syncDirectory(dirname(path));
  if (errorCode(failure) === "ENOENT") {
    await makeDirectory(dirname(path));
    return makeDirectory(path);
  }
  if (errorCode(failure) !== "EEXIST") throw failure;
  // Fails unless it is a directory.
  await mkdir(path, { recursive: true });
  try {
    await syncDirectory(dirname(path));
  } catch (error) {
    // The directory above may be somebody else's, and then this one was made by them.
    if (errorCode(error) !== "EACCES") throw error;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function entries(directory: string): Promise<DirectoryEntry[]> {
  const found = await readdir(directory, { withFileTypes: true });
  return found.map((entry) => ({ name: entry.name, kind: entry.isFile() ? "file" : entry.isDirectory() ? "directory" : "other" }));
}

async function space(path: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** WebAssembly's memory is the one that Node aligns to pages. It takes address space at once, and real memory page by page when touched. */
function alignedMemory(bytes: number): Uint8Array {
  const pages = Math.ceil(bytes / WASM_PAGE_BYTES);
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer, 0, bytes);
}
