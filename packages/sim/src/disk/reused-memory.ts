// Large pieces of memory, used again by the next life of a broker, and by the next simulation: making them anew costs more than all
// that is done with them.

export interface ReusedMemory {
  /** Zeros, as fresh memory has them. */
  take(bytes: number): Uint8Array;
  /** Whoever had taken memory is dead. */
  takeBack(): void;
}

/** What the whole process has spare, by size. */
const spare = new Map<number, Uint8Array[]>();

export function reusedMemory(): ReusedMemory {
  const taken: Uint8Array[] = [];
  return {
    take(bytes) {
      const memory = spare.get(bytes)?.pop()?.fill(0) ?? new Uint8Array(bytes);
      taken.push(memory);
      return memory;
    },
    takeBack() {
      for (const memory of taken.splice(0)) {
        const same = spare.get(memory.length);
        if (same) same.push(memory);
        else spare.set(memory.length, [memory]);
      }
    },
  };
}
