// Memory for what is read back from the journal: pooled, for the first touch of fresh memory costs more than the copy into it.
// Sizes are powers of two, so that a buffer given back serves other reads.

export interface ReadBuffer {
  readonly bytes: Uint8Array;
  /** Gives the buffer back, once. */
  release(): void;
}

export interface ReadBuffers {
  /** At least `lengthBytes` of memory, with anything in it. */
  take(lengthBytes: number): ReadBuffer;
}

const SMALLEST_BYTES = 16 * 1024;

/** Keeps at most `keptBytes` of unused buffers. */
export function readBuffers(keptBytes: number): ReadBuffers {
  const unused = new Map<number, Uint8Array[]>();
  let unusedBytes = 0;

  const giveBack = (bytes: Uint8Array) => {
    if (unusedBytes + bytes.length > keptBytes) return;
    unusedBytes += bytes.length;
    const shelf = unused.get(bytes.length);
    if (shelf) shelf.push(bytes);
    else unused.set(bytes.length, [bytes]);
  };

  return {
    take(lengthBytes) {
      const size = Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(lengthBytes)));
      const kept = unused.get(size)?.pop();
      if (kept) unusedBytes -= size;
      const bytes = kept ?? new Uint8Array(size);
      return { bytes, release: () => giveBack(bytes) };
    },
  };
}
