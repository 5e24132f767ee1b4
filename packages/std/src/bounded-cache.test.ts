import { expect, it } from "vitest";
import { boundedCache } from "./bounded-cache.js";

it("lets go what was not used for the longest time", () => {
  const cache = boundedCache<string, number>({ capacity: 2 });
  cache.set("a", 1);
  cache.set("b", 2);
  expect(cache.get("a")).toBe(1);
  cache.set("c", 3);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([1, undefined, 3]);
});

it("is bounded by weight, and tells what left", () => {
  const left: string[] = [];
  const cache = boundedCache<number, string>({ capacity: 10, weigh: (text) => text.length, left: (text) => left.push(text) });
  cache.set(1, "aaaa");
  cache.set(2, "bbbb");
  cache.set(3, "cccccc");
  expect(left).toEqual(["aaaa"]);
  cache.set(2, "b");
  cache.delete(3);
  expect(left).toEqual(["aaaa", "bbbb", "cccccc"]);
  expect(cache.weight).toBe(1);
});

it("keeps one value that is too heavy until the next comes", () => {
  const cache = boundedCache<number, string>({ capacity: 3, weigh: (text) => text.length });
  cache.set(1, "much too heavy");
  expect(cache.get(1)).toBe("much too heavy");
  cache.set(2, "b");
  expect(cache.get(1)).toBeUndefined();
  expect(cache.weight).toBe(1);
});
