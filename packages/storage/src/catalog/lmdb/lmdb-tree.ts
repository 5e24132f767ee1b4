// LMDB as the catalog uses it: one ordered tree of bytes, read at once from mapped memory, written by one durable transaction after
// another. Transactions are carried out by LMDB's own thread, and resolve after its fdatasync.
import { dirname } from "node:path/posix";
import type { Disk } from "@moldau/env";
import type { Database } from "lmdb";
import { CorruptionError, StorageError } from "../../errors.js";
import { opened, seal } from "./rows.js";

/** What a transaction does: later entries win. `value`, as rows.ts encodes it, is sealed here; undefined removes the row. */
export interface RowWrite {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

export interface Row {
  readonly key: Uint8Array;
  /** Without the checksum, which was right. */
  readonly content: Buffer;
}

export interface LmdbTree {
  /** The content of a row, valid until the next call. Throws CorruptionError when its checksum is wrong. */
  get(key: Buffer): Buffer | undefined;
  /** Rows with start <= key < end, ascending. */
  range(start: Buffer, end: Buffer, limit?: number): Iterable<Row>;
  /** Keys with start <= key < end, ascending. */
  keys(start: Buffer, end: Buffer, limit?: number): Iterable<Uint8Array>;
  /** All of it or nothing; durable when this resolves. The buffers stay unchanged until then. Rejects with StorageError. */
  write(writes: readonly RowWrite[]): Promise<void>;
  /** The same, but waits in place: for the rare write that cannot wait its turn. Throws StorageError. */
  writeNow(write: RowWrite & { readonly value: Buffer }): void;
  close(): Promise<void>;
}

/** ENOSPC and EDQUOT as LMDB passes them on. */
const FULL_CODES: readonly unknown[] = [28, 122];
/** A write that was cut short for want of space is EIO to LMDB. With less than this left, it was that. */
const NEARLY_FULL_BYTES = 16 * 1024 * 1024;

/** Opens the file, which was found sound enough to map. */
export async function openTree(disk: Disk, path: string): Promise<LmdbTree> {
  // Imported when first needed: a broker whose catalog is elsewhere does not pay for it.
  const { open } = await import("lmdb");
  const database: Database<Buffer, Buffer> = open<Buffer, Buffer>({
    path,
    noSubdir: true,
    encoding: "binary",
    keyEncoding: "binary",
    // Invariant: a transaction is synced before it is committed, and committed before it is answered.
    overlappingSync: false,
    // Only what is one batch need be one transaction. (With it, LMDB would make promises of its own that nobody sees rejected.)
    eventTurnBatching: false,
    maxDbs: 1,
  });

  const content = (key: Buffer, value: Buffer): Buffer => {
    const bytes = opened(key, value);
    if (bytes === undefined) throw new CorruptionError(path, 0, `the checksum of row ${key.toString("hex")} differs`);
    return bytes;
  };

  return {
    get(key) {
      const value = database.getBinaryFast(key);
      return value && content(key, value);
    },
    *range(start, end, limit) {
      for (const { key, value } of database.getRange({ start, end, ...(limit !== undefined && { limit }) })) {
        yield { key, content: content(key, value) };
      }
    },
    keys: (start, end, limit) => database.getKeys({ start, end, ...(limit !== undefined && { limit }) }),
    async write(writes) {
      try {
        await database.batch(() => {
          for (const { key, value } of writes) void (value === undefined ? database.remove(key) : database.put(key, seal(key, value)));
        });
      } catch (error) {
        throw await failure(disk, path, error);
      }
    },
    writeNow({ key, value }) {
      try {
        database.putSync(key, seal(key, value));
      } catch (error) {
        const { code, message } = error as { code?: unknown; message?: string };
        throw new StorageError(FULL_CODES.includes(code) ? "full" : "io", `write ${path}: ${message}`, error);
      }
    },
    close: () => database.close(),
  };
}

/** A failed commit carries its cause as a promise of its own. */
async function failure(disk: Disk, path: string, error: unknown): Promise<StorageError> {
  const cause = await Promise.resolve((error as { commitError?: Promise<never> }).commitError).then(
    () => error,
    (reason: unknown) => reason,
  );
  const { code, message } = cause as { code?: unknown; message?: string };
  const full = FULL_CODES.includes(code) || (await freeBytes(disk, path)) < NEARLY_FULL_BYTES;
  return new StorageError(full ? "full" : "io", `write ${path}: ${message}`, cause);
}

async function freeBytes(disk: Disk, path: string): Promise<number> {
  const space = await disk.space(dirname(path)).catch(() => undefined);
  return space?.freeBytes ?? Number.POSITIVE_INFINITY;
}
