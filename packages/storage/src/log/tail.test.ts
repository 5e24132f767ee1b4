// Groups and rows of the tail, through consolidation and out of memory.
import { expect, it } from "vitest";
import type { Slab } from "../journal/group-commit.js";
import { emptyTail } from "./tail.js";
import type { TailGroup } from "./tail-groups.js";

/** A group of 100 bytes and 2 batches; `slab` is where it was written from. */
function group(sequence: number, slab?: Slab): TailGroup {
  const location = { sequence, file: 0, position: 0, lengthBytes: 100 };
  return { sequence, location, batchCount: 2, ...(slab && { memory: { slab, generation: 1, position: 0 } }) };
}

/** A slab that holds its groups until it is used again. */
function slabInUse() {
  const state = { valid: true };
  const slab: Slab = { bytes: new Uint8Array(0), generation: 1, valid: () => state.valid, retain: () => {}, release: () => {} };
  const useAgain = () => {
    state.valid = false;
  };
  return { slab, useAgain };
}

const pause = async () => {};

it("counts what is not in extents, and what of it was written since the start", () => {
  const { groups } = emptyTail(() => {});
  const { slab } = slabInUse();
  groups.add(group(7));
  groups.add(group(8, slab));
  groups.add(group(9, slab));
  expect([groups.first, groups.next, groups.end]).toEqual([7, 7, 10]);
  expect([groups.sizeBytes, groups.writtenBytes, groups.batchCount]).toEqual([300, 200, 6]);
  groups.consolidated(8);
  expect([groups.first, groups.next, groups.end]).toEqual([7, 9, 10]);
  expect([groups.sizeBytes, groups.writtenBytes, groups.batchCount]).toEqual([100, 100, 2]);
});

it("forgets groups that are in extents once they are out of memory, oldest first", async () => {
  const tail = emptyTail(() => {});
  const old = slabInUse();
  const young = slabInUse();
  tail.groups.add(group(1));
  tail.groups.add(group(2, old.slab));
  tail.groups.add(group(3, young.slab));
  tail.groups.add(group(4, young.slab));
  tail.consolidated(3);
  await tail.cool(10, pause);
  expect(tail.groups.first).toBe(2);
  old.useAgain();
  await tail.cool(10, pause);
  expect(tail.groups.first).toBe(3);
  young.useAgain();
  await tail.cool(10, pause);
  // The fourth is not in extents.
  expect([tail.groups.first, tail.groups.end]).toEqual([4, 5]);
  expect(() => tail.groups.get(3)).toThrow("group 3 is kept");
});

it("lets appends that wait go on when groups are in extents", () => {
  let freed = 0;
  const tail = emptyTail(() => freed++);
  tail.groups.add(group(1));
  tail.consolidated(1);
  expect(freed).toBe(1);
});

it("refuses a group out of sequence", () => {
  const { groups } = emptyTail(() => {});
  groups.add(group(1));
  expect(() => groups.add(group(3))).toThrow("group 3 follows 1");
});
