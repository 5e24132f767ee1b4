// What was fetched waits in order, counts while any of its answer is needed, and goes when its partition is sought elsewhere.
import { expect, it } from "vitest";
import { partitionState, seek } from "../positions/partition-state.js";
import { type Chunk, fetchedChunks } from "./fetched-chunks.js";

const state = (partition: number) => partitionState({ topic: "orders", partition, offset: 0 });
const chunk = (of: ReturnType<typeof state>, size: number): Chunk => ({
  state: of,
  incarnation: of.incarnation,
  bytes: new Uint8Array(size),
  next: () => undefined,
  endOffset: 0,
  endEpoch: 0,
  highWatermark: 0,
});

it("keeps an answer's bytes until its last chunk is read", () => {
  const chunks = fetchedChunks();
  const [a, b] = [chunk(state(0), 10), chunk(state(1), 20)];
  chunks.add(1, [a, b]);
  chunks.add(2, [chunk(state(2), 5)]);
  expect([chunks.bytesOf(1), chunks.bytesOf(2), chunks.bytesOf(3)]).toEqual([30, 5, 0]);
  expect(chunks.first()).toBe(a);
  chunks.removeFirst();
  expect(chunks.bytesOf(1)).toBe(30);
  expect(chunks.first()).toBe(b);
  chunks.removeFirst();
  expect(chunks.bytesOf(1)).toBe(0);
});

it("drops what was fetched before a seek, wherever it waits", () => {
  const chunks = fetchedChunks();
  const [moved, stays] = [state(0), state(1)];
  const kept = chunk(stays, 20);
  chunks.add(1, [chunk(moved, 10)]);
  chunks.add(1, [kept]);
  chunks.add(1, [chunk(moved, 10)]);
  seek(moved, 5);
  expect(chunks.first()).toBe(kept);
  expect(chunks.bytesOf(1)).toBe(30);
  chunks.sweep();
  expect(chunks.bytesOf(1)).toBe(20);
  expect(chunks.first()).toBe(kept);
});

it("stays in order over many", () => {
  const chunks = fetchedChunks();
  const one = state(0);
  const all = Array.from({ length: 500 }, (_, size) => chunk(one, size));
  const read: number[] = [];
  for (const each of all) {
    chunks.add(1, [each]);
    if (each.bytes.length % 3 !== 0) continue;
    read.push(chunks.first()?.bytes.length ?? -1);
    chunks.removeFirst();
  }
  for (let next = chunks.first(); next !== undefined; next = chunks.first()) {
    read.push(next.bytes.length);
    chunks.removeFirst();
  }
  expect(read).toEqual(all.map(({ bytes }) => bytes.length));
  expect(chunks.bytesOf(1)).toBe(0);
});
