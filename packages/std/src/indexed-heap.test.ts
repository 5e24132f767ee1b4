import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Indexed, indexedHeap } from "./indexed-heap.js";

interface Item extends Indexed {
  value: number;
}

const item = (value: number): Item => ({ value, heapIndex: -1 });

describe("an indexed heap", () => {
  it("gives the least item first, whatever is added, removed and moved", () => {
    const step = fc.record({ action: fc.constantFrom("add", "remove", "move"), at: fc.nat(), value: fc.integer() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = indexedHeap<Item>((a, b) => a.value - b.value);
        const model: Item[] = [];
        for (const { action, at, value } of steps) {
          const chosen = model[at % Math.max(1, model.length)];
          if (action === "add" || !chosen) {
            const added = item(value);
            model.push(added);
            heap.add(added);
          } else if (action === "remove") {
            model.splice(model.indexOf(chosen), 1);
            heap.remove(chosen);
            expect(chosen.heapIndex).toBe(-1);
          } else {
            chosen.value = value;
            heap.moved(chosen);
          }
          expect(heap.size).toBe(model.length);
          expect(heap.first()?.value).toBe(model.length === 0 ? undefined : Math.min(...model.map((one) => one.value)));
        }
      }),
    );
  });

  it("lets go of its items when cleared", () => {
    const heap = indexedHeap<Item>((a, b) => a.value - b.value);
    const one = item(1);
    heap.add(one);
    heap.clear();
    expect([heap.size, one.heapIndex]).toEqual([0, -1]);
  });
});
