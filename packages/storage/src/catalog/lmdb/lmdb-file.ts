// Looks at an LMDB file before it is mapped, for LMDB trusts what it maps: of a file that is none, or that was cut off, it would
// make a crash of the whole process.
//
//   page 0, 1   ┌───────────────┬────────┬─────────┬─────────┬──────────┬───────────┬───────────┬───────────┬────────┐
//   (the newer  │ page header   │ magic  │ version │ address │ map size │ free tree │ rows' tree│ last page │ txn id │
//   one counts) │ 24, flags @18 │ @24    │ @28     │ @32     │ @40      │ @48       │ @96       │ @144      │ @152   │
//               └───────────────┴────────┴─────────┴─────────┴──────────┴───────────┴───────────┴───────────┴────────┘
//   tree        page size u32 (in the free tree), …, root page @40
import type { Disk, DiskFile } from "@moldau/env";
import { CorruptionError } from "../../errors.js";
import { checkPages, NO_PAGE } from "./lmdb-pages.js";

const META_BYTES = 168;
const META_FLAG = 0x08;
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;

/** Throws CorruptionError unless LMDB may map the file; one that does not exist or is empty will be created. */
export async function checkLmdbFile(disk: Disk, path: string): Promise<void> {
  const entries = await disk.list(path.slice(0, path.lastIndexOf("/")));
  if (!entries.some(({ name }) => path.endsWith(`/${name}`))) return;
  const file = await disk.open(path, { mode: "buffered" });
  try {
    const sizeBytes = await file.sizeBytes();
    if (sizeBytes > 0) await checkFile(file, path, sizeBytes);
  } finally {
    await file.close();
  }
}

async function checkFile(file: DiskFile, path: string, sizeBytes: number): Promise<void> {
  const first = await readMeta(file, path, 0);
  const second = await readMeta(file, path, first.pageBytes);
  const meta = second.transaction > first.transaction ? second : first;
  // The file may end before the last page that was ever used, when the pages at the end are free. Then, and only then, it takes a
  // look at all pages in use to tell that from a file that was cut off.
  const pages = Math.floor(sizeBytes / meta.pageBytes);
  if (meta.lastPage < pages) return;
  await checkPages(file, path, { pageBytes: meta.pageBytes, pages, roots: meta.roots });
}

interface Meta {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly transaction: number;
  /** Root pages of its trees that are not empty. */
  readonly roots: readonly number[];
}

async function readMeta(file: DiskFile, path: string, position: number): Promise<Meta> {
  const bytes = new Uint8Array(META_BYTES);
  const read = await file.read(bytes, position);
  const view = new DataView(bytes.buffer);
  const damaged = (message: string) => new CorruptionError(path, position, message);
  if (read < META_BYTES) throw damaged("the catalog is cut off");
  if (view.getUint32(24, true) !== MAGIC || (view.getUint16(18, true) & META_FLAG) === 0) throw damaged("this is no catalog file");
  const version = view.getUint32(28, true) & 0xffff;
  if (version !== DATA_VERSION) throw damaged(`version ${version} of LMDB's format, this release reads ${DATA_VERSION}`);
  const pageBytes = view.getUint32(48, true);
  if (pageBytes < 256 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) throw damaged(`pages of ${pageBytes} bytes`);
  const roots = [view.getBigUint64(48 + 40, true), view.getBigUint64(96 + 40, true)].filter((root) => root !== NO_PAGE).map(Number);
  return { pageBytes, lastPage: Number(view.getBigUint64(144, true)), transaction: Number(view.getBigUint64(152, true)), roots };
}
