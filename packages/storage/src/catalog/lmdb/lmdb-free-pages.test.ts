import { expect, it } from "vitest";
import { CorruptionError } from "../../errors.js";
import { noteFreePages, pageUse } from "./lmdb-free-pages.js";

const listOf = (...entries: readonly number[]): Buffer => {
  const value = Buffer.alloc(8 * entries.length);
  for (const [index, entry] of entries.entries()) value.writeBigInt64LE(BigInt(entry), index * 8);
  return value;
};
const using = () => pageUse("/data/catalog.mdb", 4096, 100);

it("takes single pages, runs of pages and nothing for free", () => {
  const use = using();
  expect(noteFreePages(listOf(5, 40, 0, -3, 10, 7), use)).toBe(true);
  for (const page of [2, 6, 8, 9, 13, 39, 41, 100]) use.note(page, 1);
  for (const page of [7, 10, 11, 12, 40]) expect(() => use.note(page, 1), `page ${page}`).toThrow(/used twice/);
});

it("refuses a free page that is in use, and names its place", () => {
  const use = using();
  use.note(12, 1);
  expect(() => noteFreePages(listOf(2, -3, 10), use)).toThrow(CorruptionError);
  expect(() => noteFreePages(listOf(1, 12), use)).toThrow("/data/catalog.mdb: damaged at byte 49152");
});

it("refuses pages that a file cannot have", () => {
  for (const [page, count] of [
    [1, 1],
    [0, 1],
    [101, 1],
    [99, 3],
    [5, 0],
    [-4, 2],
    [2 ** 60, 1],
  ] as const) {
    expect(() => using().note(page, count), `${count} from ${page} on`).toThrow(CorruptionError);
  }
});

it("knows a value that is no list", () => {
  for (const value of [Buffer.alloc(3), listOf(2, 7), listOf(-1), listOf(1, -3)]) expect(noteFreePages(value, using())).toBe(false);
});
