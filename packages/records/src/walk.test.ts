import { expect, it } from "vitest";
import { buildBatch } from "./build.js";
import { batches, nextBatch } from "./walk.js";

const sizes = [3, 200, 40];
const parts = sizes.map((size) => buildBatch({ records: [{ value: Buffer.alloc(size) }] }));
const bytes = Buffer.concat(parts);
const positions = parts.map((_, index) => Buffer.concat(parts.slice(0, index)).length);
const last = positions.at(-1) as number;

it("finds each batch, from any of them on", () => {
  expect([...batches(bytes)]).toEqual(positions);
  expect([...batches(bytes, positions[1])]).toEqual(positions.slice(1));
  expect(nextBatch(bytes, last, bytes.length)).toBe(bytes.length);
});

it("ends before a batch that is cut off, wherever it is", () => {
  for (let limit = last; limit < bytes.length; limit++) expect([...batches(bytes, 0, limit)]).toEqual(positions.slice(0, 2));
  expect([...batches(bytes, 0, bytes.length - 1)]).toEqual(positions.slice(0, 2));
  expect([...batches(bytes.subarray(0, 0))]).toEqual([]);
});

it("ends at lengths that lead nowhere", () => {
  for (const length of [-12, -1, 0, 4, 0x7fff_ffff, -0x8000_0000]) {
    const damaged = Buffer.from(bytes);
    damaged.writeInt32BE(length, (positions[1] as number) + 8);
    expect([...batches(damaged)]).toEqual([0]);
  }
});
