// Walks a tree of an LMDB file and makes sure that each page is there and is what its place says, that the keys are in order, and
// that there are as many rows as the tree has entries.
//
//   page    ┌────────────┬────────┬─────┬───────┬───────┬───────┬────────────┬───────────┬───────┐
//           │ own number │ txn id │ pad │ flags │ lower │ upper │ node       │ free      │ nodes │
//           │ u64        │ u64    │ u16 │ u16   │ u16   │ u16   │ offsets u16│           │       │
//           └────────────┴────────┴─────┴───────┴───────┴───────┴────────────┴───────────┴───────┘
//   node    u16, u16 │ flags u16 │ key size u16 │ key │ data      offsets and bounds count from after the 24 bytes of header;
//           a branch node's first three fields are its child's number, and its key is the least of the child's (the first has
//           none); a leaf node's first two are the size of its data, which lies in pages of its own when flags say so
import { CorruptionError } from "../../errors.js";
import type { PageUse } from "./lmdb-free-pages.js";

/** The bytes of `count` pages from `page` on; undefined when the file has not all of them. */
export type PageReader = (page: number, count: number) => Promise<Buffer | undefined>;

export interface LmdbPages {
  readonly path: string;
  readonly pageBytes: number;
  readonly read: PageReader;
  readonly use: PageUse;
}

export interface TreeRoot {
  /** Undefined: the tree is empty. */
  readonly page: number | undefined;
  readonly entries: number;
}

const HEADER_BYTES = 24;
const NODE_BYTES = 8;
/** Of pages, which have one of these and no other here. */
const BRANCH_FLAG = 0x01;
const LEAF_FLAG = 0x02;
const OVERFLOW_FLAG = 0x04;
/** Of leaf nodes. */
const LARGE_DATA_FLAG = 0x01;
/** Deeper than any tree that fits a file. */
const DEPTH_MAX = 32;

/** What holds in one tree. */
export interface TreeRules {
  /** The order of its keys. */
  compare(a: Buffer, b: Buffer): number;
  isIntact(key: Buffer, value: Buffer): boolean;
}

/** Throws CorruptionError for the first page that is not as it should be. */
export async function checkTree(pages: LmdbPages, root: TreeRoot, { compare, isIntact }: TreeRules): Promise<void> {
  const { path, pageBytes, read, use } = pages;
  let rows = 0;
  let previous: Buffer | undefined;
  /** The least key that may come next, by the branch above. */
  let least: Buffer | undefined;

  const damaged = (page: number, message: string) => new CorruptionError(path, page * pageBytes, `page ${page} of the catalog: ${message}`);
  const pagesAt = async (page: number, count: number): Promise<Buffer> => {
    use.note(page, count);
    const bytes = await read(page, count);
    if (bytes === undefined) throw damaged(page, "missing, the file was cut off");
    if (Number(bytes.readBigUInt64LE(0)) !== page) throw damaged(page, "another one is in its place");
    return bytes;
  };

  const checkRow = async (page: number, { key, inline, large }: LeafNode) => {
    if (previous !== undefined && compare(previous, key) >= 0) throw damaged(page, "keys are out of order");
    if (least !== undefined && compare(least, key) > 0) throw damaged(page, "a key lies before its branch");
    const value = large === undefined ? inline : await largeValue(page, large);
    if (!isIntact(key, value)) throw damaged(page, `the checksum of row ${key.toString("hex")} differs`);
    previous = key;
    rows++;
  };
  const largeValue = async (page: number, { firstPage, pageCount, sizeBytes }: LargeValue): Promise<Buffer> => {
    if (pageCount * pageBytes < HEADER_BYTES + sizeBytes) throw damaged(page, "a value is larger than its pages");
    const bytes = await pagesAt(firstPage, pageCount);
    if (bytes.readUInt16LE(18) !== OVERFLOW_FLAG) throw damaged(firstPage, "no value where one should be");
    return bytes.subarray(HEADER_BYTES, HEADER_BYTES + sizeBytes);
  };

  const walk = async (page: number, depth: number): Promise<void> => {
    if (depth > DEPTH_MAX) throw damaged(page, "the pages form a circle");
    const nodes = nodesOf(await pagesAt(page, 1));
    if (typeof nodes === "string") throw damaged(page, nodes);
    if (nodes.kind === "leaf") for (const row of nodes.rows) await checkRow(page, row);
    else {
      for (const [index, { key, child }] of nodes.children.entries()) {
        if (index > 0 && previous !== undefined && compare(previous, key) >= 0) throw damaged(page, "a branch lies before its keys");
        if (index > 0) least = key;
        await walk(child, depth + 1);
      }
    }
  };

  if (root.page !== undefined) await walk(root.page, 0);
  if (rows !== root.entries) throw damaged(root.page ?? 0, `${rows} rows where ${root.entries} should be`);
}

interface LargeValue {
  readonly firstPage: number;
  readonly pageCount: number;
  readonly sizeBytes: number;
}

interface LeafNode {
  readonly key: Buffer;
  readonly inline: Buffer;
  readonly large: LargeValue | undefined;
}

type Nodes =
  | { readonly kind: "leaf"; readonly rows: readonly LeafNode[] }
  | { readonly kind: "branch"; readonly children: readonly { readonly key: Buffer; readonly child: number }[] };

/** The nodes of a page, or what is wrong with it. Everything they refer to within the page lies in it. */
function nodesOf(page: Buffer): Nodes | string {
  const flags = page.readUInt16LE(18);
  const lower = page.readUInt16LE(20);
  if (flags !== BRANCH_FLAG && flags !== LEAF_FLAG) return "no node where one should be";
  if (lower % 2 !== 0 || lower > page.length - HEADER_BYTES) return "more nodes than fit";
  const offsets = Array.from({ length: lower / 2 }, (_, index) => HEADER_BYTES + page.readUInt16LE(HEADER_BYTES + index * 2));
  if (offsets.some((at) => at + NODE_BYTES + keyBytes(page, at) > page.length)) return "a node outside the page";
  const keyAt = (at: number) => page.subarray(at + NODE_BYTES, at + NODE_BYTES + keyBytes(page, at));
  if (flags === BRANCH_FLAG) {
    const children = offsets.map((at) => ({ key: keyAt(at), child: page.readUInt16LE(at + 4) * 2 ** 32 + page.readUInt32LE(at) }));
    return { kind: "branch", children };
  }
  const rows: LeafNode[] = [];
  for (const at of offsets) {
    const row = leafNode(page, at, keyAt(at));
    if (row === undefined) return "a value outside the page";
    rows.push(row);
  }
  return { kind: "leaf", rows };
}

const keyBytes = (page: Buffer, at: number): number => (at + NODE_BYTES > page.length ? page.length : page.readUInt16LE(at + 6));

function leafNode(page: Buffer, at: number, key: Buffer): LeafNode | undefined {
  const sizeBytes = page.readUInt32LE(at);
  const dataAt = at + NODE_BYTES + key.length;
  const flags = page.readUInt16LE(at + 4);
  if (flags === 0) {
    return dataAt + sizeBytes > page.length ? undefined : { key, inline: page.subarray(dataAt, dataAt + sizeBytes), large: undefined };
  }
  // Other flags stand for trees within the tree, of which there are none.
  if (flags !== LARGE_DATA_FLAG || dataAt + 24 > page.length) return undefined;
  const large = { firstPage: Number(page.readBigUInt64LE(dataAt)), pageCount: Number(page.readBigUInt64LE(dataAt + 16)), sizeBytes };
  return { key, inline: page.subarray(dataAt, dataAt), large };
}
