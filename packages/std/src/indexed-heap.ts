// A binary heap whose items know their place: any of them can be removed or moved, in O(log n).

export interface Indexed {
  /** The heap's own; -1 while the item is in none. */
  heapIndex: number;
}

export interface IndexedHeap<Item extends Indexed> {
  readonly size: number;
  /** The least item, which stays. */
  first(): Item | undefined;
  /** The item must be in no heap. */
  add(item: Item): void;
  /** The item must be in this heap. */
  remove(item: Item): void;
  /** What the item is compared by has changed. */
  moved(item: Item): void;
  clear(): void;
}

/** `compare` as for Array.sort. */
export function indexedHeap<Item extends Indexed>(compare: (a: Item, b: Item) => number): IndexedHeap<Item> {
  const items: Item[] = [];

  const put = (item: Item, index: number) => {
    items[index] = item;
    item.heapIndex = index;
  };

  const up = (item: Item) => {
    let index = item.heapIndex;
    while (index > 0) {
      const parent = items[(index - 1) >> 1] as Item;
      if (compare(item, parent) >= 0) break;
      put(parent, index);
      index = (index - 1) >> 1;
    }
    put(item, index);
  };

  const down = (item: Item) => {
    let index = item.heapIndex;
    for (;;) {
      const left = items[2 * index + 1];
      const right = items[2 * index + 2];
      if (!left) break;
      const child = right && compare(right, left) < 0 ? right : left;
      if (compare(child, item) >= 0) break;
      const next = child.heapIndex;
      put(child, index);
      index = next;
    }
    put(item, index);
  };

  return {
    get size() {
      return items.length;
    },
    first: () => items[0],
    add(item) {
      put(item, items.length);
      up(item);
    },
    remove(item) {
      const last = items.pop() as Item;
      if (last !== item) {
        put(last, item.heapIndex);
        up(last);
        down(last);
      }
      item.heapIndex = -1;
    },
    moved(item) {
      up(item);
      down(item);
    },
    clear() {
      for (const item of items) item.heapIndex = -1;
      items.length = 0;
    },
  };
}
