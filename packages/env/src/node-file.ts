// An open file of the real disk.
import fs from "node:fs";
import { performance } from "node:perf_hooks";
import { DiskError, type DiskFile, type OpenOptions } from "./disk.js";
import { diskError } from "./node-disk-error.js";
import type { InlineBudget } from "./node-inline-writes.js";

/** The most parts that one system call takes (IOV_MAX). */
const MAX_PARTS = 1024;
const { O_CREAT, O_DIRECT, O_DSYNC, O_RDONLY, O_RDWR } = fs.constants;
/** Elsewhere O_DSYNC stops at the drive's cache; fdatasync does not. */
const DSYNC_REACHES_MEDIUM = process.platform === "linux";

/** Opens `path`; writes that are durable by themselves share `inline`, the time that may be waited for the disk in place. */
export async function openNodeFile(
  path: string,
  { create, mode, uncached, readOnly }: OpenOptions,
  inline: InlineBudget,
): Promise<DiskFile> {
  const direct = mode === "direct" || uncached;
  if (direct && O_DIRECT === undefined) throw new DiskError("EINVAL", path, `open ${path}: no direct writes on this system`);
  const durability = mode === "direct" || (mode === "synced" && DSYNC_REACHES_MEDIUM) ? O_DSYNC : 0;
  const access = readOnly ? O_RDONLY : O_RDWR;
  const fd = await new Promise<number>((resolve, reject) => {
    fs.open(path, access | (create ? O_CREAT : 0) | (direct ? O_DIRECT : 0) | durability, 0o644, (error, opened) =>
      error ? reject(diskError(error, path, "open")) : resolve(opened),
    );
  });
  return nodeFile(fd, path, mode, inline);
}

function nodeFile(fd: number, path: string, mode: OpenOptions["mode"], inline: InlineBudget): DiskFile {
  let calls = 0;
  let closing = false;
  let callsEnded = () => {};

  const call = <Result>(doing: string, start: (done: (error: Error | null, result: Result) => void) => void): Promise<Result> =>
    new Promise((resolve, reject) => {
      if (closing) return reject(closed(doing));
      calls++;
      start((error, result) => {
        calls--;
        if (closing && calls === 0) callsEnded();
        if (error) reject(diskError(error, path, doing));
        else resolve(result);
      });
    });
  const closed = (doing: string) => new DiskError("EBADF", path, `${doing} ${path}: the file is closed`);

  /**
   * Invariant: the descriptor is given back when no call uses it, and no call does after. The system gives it to the next file that is
   * opened: a late write would go there.
   */
  const close = async (): Promise<void> => {
    if (closing) throw closed("close");
    closing = true;
    if (calls > 0) await new Promise<void>((resolve) => (callsEnded = resolve));
    await new Promise<void>((resolve, reject) => {
      fs.close(fd, (error) => (error ? reject(diskError(error, path, "close")) : resolve()));
    });
  };
  const sync = () => call<void>("sync", (done) => fs.fdatasync(fd, (error) => done(error)));

  /** Writes what is left after the first `done` bytes, for the system may take fewer bytes than given. */
  const writeRest = async (parts: readonly Uint8Array[], position: number, done: number): Promise<void> => {
    for (let rest = partsFrom(parts, done); rest.length > 0; rest = partsFrom(parts, done)) {
      const at = position + done;
      const written = await call<number>("write", (callback) => fs.writev(fd, rest.slice(0, MAX_PARTS), at, callback));
      if (written === 0) throw new DiskError("EIO", path, `write ${path}: no byte taken at ${at}`);
      done += written;
    }
  };

  const writeInPlace = (part: Uint8Array, position: number): number => {
    if (closing) throw closed("write");
    const startedMs = performance.now();
    try {
      return fs.writeSync(fd, part, 0, part.length, position);
    } catch (error) {
      throw diskError(error, path, "write");
    } finally {
      inline.spend(performance.now() - startedMs);
    }
  };

  const write = async (parts: readonly Uint8Array[], position: number, urgent = false): Promise<void> => {
    const [only] = parts;
    if (parts.length !== 1 || only === undefined) await writeRest(parts, position, 0);
    else {
      const inPlace = urgent && mode !== "buffered" && inline.allows(only.length);
      const written = inPlace
        ? writeInPlace(only, position)
        : await call<number>("write", (done) => fs.write(fd, only, 0, only.length, position, done));
      if (written < only.length) await writeRest(parts, position, written);
    }
    if (mode === "synced" && !DSYNC_REACHES_MEDIUM) await sync();
  };

  const read = async (into: Uint8Array, position: number): Promise<number> => {
    let filled = 0;
    while (filled < into.length) {
      const at = filled;
      const count = await call<number>("read", (done) => fs.read(fd, into, at, into.length - at, position + at, done));
      if (count === 0) break;
      filled += count;
    }
    return filled;
  };

  return {
    write,
    read,
    sync,
    sizeBytes: async () => (await call<fs.Stats>("stat", (done) => fs.fstat(fd, done))).size,
    truncate: (sizeBytes) => call<void>("truncate", (done) => fs.ftruncate(fd, sizeBytes, (error) => done(error))),
    close,
  };
}

/** What is left of the parts after their first `skip` bytes. */
function partsFrom(parts: readonly Uint8Array[], skip: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skipped = 0;
  for (const part of parts) {
    if (skipped + part.length > skip) rest.push(skipped >= skip ? part : part.subarray(skip - skipped));
    skipped += part.length;
  }
  return rest;
}
