// A cache with a bound: what was not used for the longest time goes first.

export interface BoundedCache<Key, Value> {
  /** The value, which counts as used now. */
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  /** Weight of all that is in it. */
  readonly weight: number;
}

export interface BoundedCacheOptions<Value> {
  /** The most that all values together may weigh. A value that weighs more alone is kept until the next one comes. */
  readonly capacity: number;
  /** Weight of a value, which must not change; 1 each when left out. */
  readonly weigh?: (value: Value) => number;
  /** Told of each value that left, by whatever way. */
  readonly left?: (value: Value) => void;
}

export function boundedCache<Key, Value>({ capacity, weigh = () => 1, left }: BoundedCacheOptions<Value>): BoundedCache<Key, Value> {
  // A Map keeps the order of insertion: the first key is the one unused for the longest time.
  const values = new Map<Key, Value>();
  let weight = 0;

  const remove = (key: Key) => {
    const value = values.get(key);
    if (value === undefined) return;
    values.delete(key);
    weight -= weigh(value);
    left?.(value);
  };

  return {
    get(key) {
      const value = values.get(key);
      if (value === undefined) return undefined;
      values.delete(key);
      values.set(key, value);
      return value;
    },
    set(key, value) {
      remove(key);
      values.set(key, value);
      weight += weigh(value);
      for (const oldest of values.keys()) {
        if (weight <= capacity || oldest === key) break;
        remove(oldest);
      }
    },
    delete: remove,
    get weight() {
      return weight;
    },
  };
}
