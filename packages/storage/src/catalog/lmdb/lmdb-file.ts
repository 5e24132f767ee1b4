// Looks at an LMDB file before it is mapped, for LMDB trusts what it maps: a file that is none, that was cut off or that has a bit
// changed would make it lose rows in silence, or crash the whole process.
//
//   page 0, 1   ┌───────────────┬────────┬─────────┬─────────┬──────────┬───────────┬───────────┬───────────┬────────┐
//   (the newer  │ page header   │ magic  │ version │ address │ map size │ free tree │ rows' tree│ last page │ txn id │
//   one counts) │ 24, flags @18 │ @24    │ @28     │ @32     │ @40      │ @48       │ @96       │ @144      │ @152   │
//               └───────────────┴────────┴─────────┴─────────┴──────────┴───────────┴───────────┴───────────┴────────┘
//   tree        page size u32 (in the free tree), …, entries @32, root page @40
import { basename, dirname } from "node:path/posix";
import type { Disk, DiskFile } from "@moldau/env";
import { CorruptionError } from "../../errors.js";
import { noteFreePages, pageUse } from "./lmdb-free-pages.js";
import { checkTree, type PageReader, type TreeRoot, type TreeRules } from "./lmdb-pages.js";
import { opened } from "./rows.js";

const META_BYTES = 168;
const META_FLAG = 0x08;
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const NO_ROOT = 2n ** 64n - 1n;
/** Smaller files are checked whole at every start. That many bytes are some 50,000 extents, and take 65 ms of processor time. */
const CHECKED_BYTES_MAX = 8 * 1024 * 1024;
/** Free pages that may be missing at the end of a small file. */
const PAGES_MISSING_MAX = 65_536;

/** Throws CorruptionError unless LMDB may map the file; one that does not exist or is empty will be created. */
export async function checkLmdbFile(disk: Disk, path: string): Promise<void> {
  const entries = await disk.list(dirname(path));
  if (!entries.some(({ name }) => name === basename(path))) return;
  const file = await disk.open(path, { mode: "buffered" });
  try {
    const sizeBytes = await file.sizeBytes();
    if (sizeBytes > 0) await checkFile(file, path, sizeBytes);
  } finally {
    await file.close();
  }
}

async function checkFile(file: DiskFile, path: string, sizeBytes: number): Promise<void> {
  const meta = await newestMeta(file, path);
  const { pageBytes, lastPage } = meta;
  // The file may end before the last page that was ever used, when the pages at the end are free. It takes a look at all pages in
  // use to tell that from a file that was cut off.
  const pagesInFile = Math.floor(sizeBytes / pageBytes);
  const isComplete = lastPage < pagesInFile;
  if (lastPage > pagesInFile * 2 + PAGES_MISSING_MAX)
    throw new CorruptionError(path, 0, `a catalog of ${lastPage} pages has ${pagesInFile}`);
  if (isComplete && sizeBytes > CHECKED_BYTES_MAX) return;
  const read = sizeBytes > CHECKED_BYTES_MAX ? fromFile(file, pageBytes) : await fromMemory(file, pageBytes, sizeBytes);
  await checkTrees(path, meta, read, (key, value) => opened(key, value) !== undefined);
}

/** Looks at every page in use, and at every row with `isIntact`. Throws CorruptionError for what is not as it should be. */
export async function checkTrees(path: string, meta: Meta, read: PageReader, isIntact: TreeRules["isIntact"]): Promise<void> {
  const { pageBytes, lastPage, free, rows } = meta;
  const use = pageUse(path, pageBytes, lastPage);
  const pages = { path, pageBytes, read, use };
  await checkTree(pages, rows, { compare: Buffer.compare, isIntact });
  await checkTree(pages, free, { compare: byNumber, isIntact: (_, value) => noteFreePages(value, use) });
}

/** Keys of the free tree are transaction ids, as little-endian numbers. Others count as equal, which is out of order. */
const byNumber = (a: Buffer, b: Buffer): number =>
  a.length === b.length && a.length === 8 ? Number(a.readBigUInt64LE(0) - b.readBigUInt64LE(0)) : 0;

const fromFile =
  (file: DiskFile, pageBytes: number): PageReader =>
  async (page, count) => {
    const bytes = Buffer.alloc(count * pageBytes);
    return (await file.read(bytes, page * pageBytes)) === bytes.length ? bytes : undefined;
  };

async function fromMemory(file: DiskFile, pageBytes: number, sizeBytes: number): Promise<PageReader> {
  const content = Buffer.allocUnsafeSlow(sizeBytes);
  const read = await file.read(content, 0);
  return async (page, count) => {
    const end = (page + count) * pageBytes;
    return end <= read ? content.subarray(page * pageBytes, end) : undefined;
  };
}

/** The state of the file that a transaction left. */
export interface Meta {
  readonly pageBytes: number;
  readonly lastPage: number;
  /** Grows by one with each. */
  readonly transaction: number;
  readonly free: TreeRoot;
  readonly rows: TreeRoot;
}

/** The last transaction that was committed. */
export async function newestMeta(file: DiskFile, path: string): Promise<Meta> {
  const first = await readMeta(file, path, 0);
  const second = await readMeta(file, path, first.pageBytes);
  return second.transaction > first.transaction ? second : first;
}

async function readMeta(file: DiskFile, path: string, position: number): Promise<Meta> {
  const bytes = Buffer.alloc(META_BYTES);
  const read = await file.read(bytes, position);
  const damaged = (message: string) => new CorruptionError(path, position, message);
  if (read < META_BYTES) throw damaged("the catalog is cut off");
  if (bytes.readUInt32LE(24) !== MAGIC || (bytes.readUInt16LE(18) & META_FLAG) === 0) throw damaged("this is no catalog file");
  const version = bytes.readUInt32LE(28) & 0xffff;
  if (version !== DATA_VERSION) throw damaged(`version ${version} of LMDB's format, this release reads ${DATA_VERSION}`);
  const pageBytes = bytes.readUInt32LE(48);
  if (pageBytes < 256 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) throw damaged(`pages of ${pageBytes} bytes`);
  return {
    pageBytes,
    lastPage: Number(bytes.readBigUInt64LE(144)),
    transaction: Number(bytes.readBigUInt64LE(152)),
    free: treeAt(bytes, 48),
    rows: treeAt(bytes, 96),
  };
}

function treeAt(meta: Buffer, at: number): TreeRoot {
  const root = meta.readBigUInt64LE(at + 40);
  return { page: root === NO_ROOT ? undefined : Number(root), entries: Number(meta.readBigUInt64LE(at + 32)) };
}
