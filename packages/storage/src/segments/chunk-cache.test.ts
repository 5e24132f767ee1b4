import { expect, it } from "vitest";
import { type ChunkRequest, chunkCache } from "./chunk-cache.js";
import { chunkMemory, classBytes } from "./chunk-memory.js";

const KIB = 1024;

/** A chunk whose bytes all are its position's number. */
const chunk = (position: number, options: Partial<ChunkRequest> = {}): ChunkRequest => ({
  segmentId: 1,
  position,
  lengthBytes: 64 * KIB,
  read: async (into) => void into.fill(position),
  mayWait: true,
  ...options,
});

it("wastes at most a fifth of a size class", () => {
  for (let length = 4096; length < 5_000_000; length += 997) {
    expect(classBytes(length)).toBeGreaterThanOrEqual(length);
    expect(classBytes(length)).toBeLessThanOrEqual(length * 1.25);
  }
  expect(classBytes(1024 * KIB)).toBe(1024 * KIB);
});

it("gives the same memory again, and other classes' memory away when there is need", () => {
  const memory = chunkMemory(256 * KIB);
  const first = memory.take(100 * KIB);
  const second = memory.take(100 * KIB);
  expect(memory.take(100 * KIB)).toBeUndefined();
  if (!first || !second) throw new Error("two should fit");
  memory.give(first);
  expect(memory.take(110 * KIB)).toBe(first);
  memory.give(first);
  memory.give(second);
  expect(memory.take(200 * KIB)?.length).toBe(224 * KIB);
  expect(memory.heldBytes).toBe(224 * KIB);
});

it("reads a chunk once for all who ask at once, and not again while it is in memory", async () => {
  const cache = chunkCache({ maxBytes: 256 * KIB });
  let reads = 0;
  const request = chunk(3, {
    read: async (into) => {
      reads++;
      into.fill(3);
    },
  });
  const given = await Promise.all([cache.load(request), cache.load(request), cache.load({ ...request, mayWait: false })]);
  for (const one of given) {
    expect(one?.bytes).toHaveLength(64 * KIB);
    expect(one?.bytes[77]).toBe(3);
    one?.release();
  }
  (await cache.load(request))?.release();
  expect(reads).toBe(1);
  expect(cache.get(1, 3)?.bytes[0]).toBe(3);
});

it("evicts what was unused for the longest time, and never what someone refers to", async () => {
  const cache = chunkCache({ maxBytes: 192 * KIB });
  const kept = await cache.load(chunk(1));
  (await cache.load(chunk(2)))?.release();
  (await cache.load(chunk(3)))?.release();
  cache.get(1, 2)?.release();
  (await cache.load(chunk(4)))?.release();
  expect([1, 2, 3, 4].map((position) => cache.has(1, position))).toEqual([true, true, false, true]);
  (await cache.load(chunk(5)))?.release();
  (await cache.load(chunk(6)))?.release();
  expect(cache.has(1, 1)).toBe(true);
  expect(kept?.bytes.every((byte) => byte === 1)).toBe(true);
  expect(cache.heldBytes).toBeLessThanOrEqual(192 * KIB);
});

it("lets who may wait do so in turn, and turns others away", async () => {
  const cache = chunkCache({ maxBytes: 64 * KIB });
  const first = await cache.load(chunk(1));
  const served: number[] = [];
  const loadInTurn = async (position: number) => {
    const given = await cache.load(chunk(position));
    served.push(position);
    return given;
  };
  const second = loadInTurn(2);
  const third = loadInTurn(3);
  expect(await cache.load(chunk(4, { mayWait: false }))).toBeUndefined();
  expect(await cache.load(chunk(2, { mayWait: false })), "who must not wait does not wait for one who does").toBeUndefined();
  expect(served).toEqual([]);
  first?.release();
  (await second)?.release();
  expect((await third)?.bytes[0]).toBe(3);
  expect(served).toEqual([2, 3]);
  expect(cache.heldBytes).toBe(64 * KIB);
});

it("gives a chunk larger than the bound when nothing else is in use", async () => {
  const cache = chunkCache({ maxBytes: 64 * KIB });
  const small = await cache.load(chunk(1));
  const large = cache.load(chunk(2, { lengthBytes: 200 * KIB }));
  small?.release();
  (await large)?.release();
  (await cache.load(chunk(3)))?.release();
  expect(cache.heldBytes).toBe(64 * KIB);
});

it("forgets a failed read, and its memory is used again", async () => {
  const cache = chunkCache({ maxBytes: 64 * KIB });
  const failing = chunk(1, {
    read: async () => {
      throw new Error("device");
    },
  });
  await expect(Promise.all([cache.load(failing), cache.load(failing)])).rejects.toThrow("device");
  expect(cache.has(1, 1)).toBe(false);
  expect((await cache.load(chunk(1)))?.bytes[0]).toBe(1);
});

it("keeps a forgotten chunk's bytes for those who refer to it", async () => {
  const cache = chunkCache({ maxBytes: 64 * KIB });
  const held = await cache.load(chunk(1));
  cache.forget([1]);
  expect(cache.get(1, 1)).toBeUndefined();
  const waiting = cache.load(chunk(2));
  expect(held?.bytes.every((byte) => byte === 1)).toBe(true);
  held?.release();
  expect((await waiting)?.bytes[0]).toBe(2);
});

it("does not take a forgotten chunk for the one that was read anew", async () => {
  const cache = chunkCache({ maxBytes: 128 * KIB });
  const forgotten = await cache.load(chunk(1));
  cache.forget([1]);
  const anew = await cache.load(chunk(1));
  forgotten?.release();
  (await cache.load(chunk(2)))?.release();
  expect(cache.has(1, 1)).toBe(true);
  anew?.release();
});

it("fails loudly when a chunk is released twice", async () => {
  const cache = chunkCache({ maxBytes: 64 * KIB });
  const held = await cache.load(chunk(1));
  held?.release();
  expect(() => held?.release()).toThrow("released more often");
});
