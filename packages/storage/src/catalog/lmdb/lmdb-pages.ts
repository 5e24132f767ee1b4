// Walks the pages in use of an LMDB file and makes sure that each is there and is what its place says. LMDB itself checks nothing.
//
//   page    ┌────────────┬────────┬─────┬───────┬───────┬───────┬────────────┬───────────┬───────┐
//           │ own number │ txn id │ pad │ flags │ lower │ upper │ node       │ free      │ nodes │
//           │ u64        │ u64    │ u16 │ u16   │ u16   │ u16   │ offsets u16│           │       │
//           └────────────┴────────┴─────┴───────┴───────┴───────┴────────────┴───────────┴───────┘
//   node    u16, u16 │ flags u16 │ key size u16 │ key │ data      offsets and bounds count from after the 24 bytes of header;
//           a branch node's first three fields are its child's number; a leaf node's first two the size of its data
import type { DiskFile } from "@moldau/env";
import { CorruptionError } from "../../errors.js";

/** Root of an empty tree. */
export const NO_PAGE = 2n ** 64n - 1n;

const HEADER_BYTES = 24;
const NODE_BYTES = 8;
const BRANCH_FLAG = 0x01;
const LEAF_FLAG = 0x02;
const OVERFLOW_FLAG = 0x04;
const LARGE_DATA_FLAG = 0x01;
/** Deeper than any tree of 2^48 pages. */
const DEPTH_MAX = 32;

export interface LmdbPages {
  readonly pageBytes: number;
  /** Whole pages in the file. */
  readonly pages: number;
  readonly roots: readonly number[];
}

/** Throws CorruptionError for the first page that is missing or is not what it should be. */
export async function checkPages(file: DiskFile, path: string, { pageBytes, pages, roots }: LmdbPages): Promise<void> {
  const page = Buffer.alloc(pageBytes);

  const read = async (number: number): Promise<void> => {
    const damaged = (message: string) => new CorruptionError(path, number * pageBytes, message);
    if (number >= pages) throw damaged(`page ${number} of the catalog is missing: the file was cut off`);
    await file.read(page, number * pageBytes);
    if (Number(page.readBigUInt64LE(0)) !== number) throw damaged(`page ${number} of the catalog holds another one`);
  };

  /** The pages that this one refers to. */
  const children = async (number: number): Promise<readonly Reference[]> => {
    await read(number);
    const found = references(page);
    if (typeof found === "string") throw new CorruptionError(path, number * pageBytes, `page ${number} of the catalog: ${found}`);
    return found;
  };

  const walk = async (number: number, depth: number): Promise<void> => {
    if (depth > DEPTH_MAX) throw new CorruptionError(path, number * pageBytes, "the catalog's pages form a circle");
    for (const child of await children(number)) {
      if (child.overflowPages === 0) await walk(child.page, depth + 1);
      else await read(child.page + child.overflowPages - 1 < pages ? child.page : pages);
    }
  };

  for (const root of roots) await walk(root, 0);
}

interface Reference {
  readonly page: number;
  /** 0: a page of the tree; else so many pages of one large value. */
  readonly overflowPages: number;
}

function references(page: Buffer): readonly Reference[] | string {
  const flags = page.readUInt16LE(18);
  const lower = page.readUInt16LE(20);
  const isBranch = (flags & BRANCH_FLAG) !== 0;
  if (!isBranch && (flags & LEAF_FLAG) === 0) return (flags & OVERFLOW_FLAG) !== 0 ? "a value where a node should be" : "no node";
  if (lower % 2 !== 0 || lower > page.length - HEADER_BYTES) return "more nodes than fit";
  const found: Reference[] = [];
  for (let index = 0; index < lower / 2; index++) {
    const at = HEADER_BYTES + page.readUInt16LE(HEADER_BYTES + index * 2);
    if (at + NODE_BYTES > page.length) return "a node outside the page";
    const keyBytes = page.readUInt16LE(at + 6);
    const nodeFlags = page.readUInt16LE(at + 4);
    const low = page.readUInt32LE(at);
    const dataAt = at + NODE_BYTES + keyBytes;
    if (isBranch) found.push({ page: nodeFlags * 2 ** 32 + low, overflowPages: 0 });
    else if ((nodeFlags & LARGE_DATA_FLAG) === 0 && dataAt + low > page.length) return "a value outside the page";
    else if ((nodeFlags & LARGE_DATA_FLAG) !== 0) {
      if (dataAt + 24 > page.length) return "a value outside the page";
      found.push({ page: Number(page.readBigUInt64LE(dataAt)), overflowPages: Number(page.readBigUInt64LE(dataAt + 16)) });
    }
  }
  return found;
}
