// Persistent maps behave as copied Maps, whichever version is read, and in whatever order.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PersistentMap, persistentMap } from "./persistent-map.js";

const key = fc.constantFrom("a", "b", "c", "d", "e");
const step = fc.record({ from: fc.nat(), key, value: fc.option(fc.nat(9), { nil: undefined }), read: fc.nat() });

describe("a persistent map", () => {
  it("is in every version what a copy would be", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const versions: { readonly actual: PersistentMap<string, number>; readonly model: ReadonlyMap<string, number> }[] = [
          { actual: persistentMap([["a", 0]]), model: new Map([["a", 0]]) },
        ];
        const at = (index: number) => versions[index % versions.length] as (typeof versions)[number];
        for (const { from, key, value, read } of steps) {
          const { actual, model } = at(from);
          const next = new Map(model);
          if (value === undefined) next.delete(key);
          else next.set(key, value);
          versions.push({ actual: value === undefined ? actual.without(key) : actual.with(key, value), model: next });
          const looked = at(read);
          expect(new Map(looked.actual)).toEqual(looked.model);
          expect(looked.actual.get(key)).toBe(looked.model.get(key));
        }
        for (const { actual, model } of versions) {
          expect(actual.size).toBe(model.size);
          expect(new Map(actual.entries())).toEqual(model);
          expect([...actual.keys()].sort()).toEqual([...model.keys()].sort());
          expect(actual.has("a")).toBe(model.has("a"));
        }
      }),
    );
  });

  it("keeps what is gone through as it was, while new versions are made", () => {
    let map = persistentMap([1, 2, 3].map((n) => [n, n] as const));
    for (const value of map.values()) map = map.without(value).with(value + 10, value);
    expect([...map.keys()]).toEqual([11, 12, 13]);
    expect(map.firstKey()).toBe(11);
    expect(persistentMap().firstKey()).toBeUndefined();
  });
});
