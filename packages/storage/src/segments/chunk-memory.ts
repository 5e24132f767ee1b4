// Memory for chunks: pooled in size classes, for the first touch of fresh memory costs more than a copy, and bounded as a whole.

export interface ChunkMemory {
  /** Memory of at least `lengthBytes`, with anything in it; undefined when the bound leaves no room. */
  take(lengthBytes: number): Uint8Array | undefined;
  /** Gives back what `take` gave. */
  give(memory: Uint8Array): void;
  /** Bytes allocated: taken, or on a shelf for the next of its class. */
  readonly heldBytes: number;
}

const SMALLEST_BYTES = 4096;

/** Four classes between a power of two and the next: at most a fifth of the memory is unused. */
export function classBytes(lengthBytes: number): number {
  if (lengthBytes <= SMALLEST_BYTES) return SMALLEST_BYTES;
  const step = 2 ** Math.floor(Math.log2(lengthBytes - 1)) / 4;
  return Math.ceil(lengthBytes / step) * step;
}

/** At most `maxBytes` in all; one piece larger than that is given when nothing else is taken. */
export function chunkMemory(maxBytes: number): ChunkMemory {
  const shelves = new Map<number, Uint8Array[]>();
  let heldBytes = 0;

  /** Lets go of shelved memory of other classes until `wanted` more fits; the collector gets it. */
  const makeRoom = (wanted: number): boolean => {
    for (const [size, shelf] of shelves) {
      while (heldBytes + wanted > maxBytes && shelf.pop() !== undefined) heldBytes -= size;
    }
    return heldBytes + wanted <= maxBytes || heldBytes === 0;
  };

  return {
    take(lengthBytes) {
      const size = classBytes(lengthBytes);
      const shelved = shelves.get(size)?.pop();
      if (shelved !== undefined) return shelved;
      if (!makeRoom(size)) return undefined;
      heldBytes += size;
      return Buffer.allocUnsafeSlow(size);
    },
    give(memory) {
      const shelf = shelves.get(memory.length);
      if (shelf) shelf.push(memory);
      else shelves.set(memory.length, [memory]);
    },
    get heldBytes() {
      return heldBytes;
    },
  };
}
