import { expect, it } from "vitest";
import { memoryPool } from "./memory-pool.js";

it("gives memory out again, of the size asked for at least", () => {
  const pool = memoryPool(1 << 20);
  const first = pool.take(5000);
  expect(first.length).toBeGreaterThanOrEqual(5000);
  pool.give(first);
  expect(pool.take(100)).not.toBe(first);
  expect(pool.take(8000)).toBe(first);
  expect(pool.take(8000)).not.toBe(first);
});

it("keeps no more than it may", () => {
  const pool = memoryPool(4096);
  const [a, b] = [pool.take(4096), pool.take(4096)];
  pool.give(a);
  pool.give(b);
  expect([pool.take(4096), pool.take(4096)].filter((memory) => memory === a || memory === b)).toEqual([a]);
});
