// Chance from a seed: the same seed, the same run.
import type { Random } from "@moldau/env";

export interface SeededRandom extends Random {
  readonly seed: number;
  /** A whole number in [from, to]. */
  int(from: number, to: number): number;
  /** True with that probability. */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A stream of its own: what it is asked for does not change what others get. */
  fork(): SeededRandom;
}

/** sfc32, seeded by splitting the seed over its state and warming up. */
export function seededRandom(seed: number): SeededRandom {
  let [a, b, c, counter] = [0x9e3779b9 ^ seed, 0x243f6a88, 0xb7e15162 ^ (seed >>> 16), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const float = () => next() / 2 ** 32;
  const int = (from: number, to: number) => from + Math.floor(float() * (to - from + 1));

  return {
    seed,
    float,
    int,
    chance: (probability) => float() < probability,
    pick: (items) => items[int(0, items.length - 1)] as (typeof items)[number],
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
    fork: () => seededRandom(next()),
  };
}
