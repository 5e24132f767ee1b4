// A slice in the making: the batches of one read, from wherever they lie, within the reader's budget.
import type { LogSlice, ReadOptions } from "./log.js";

export interface Gathering {
  readonly sizeBytes: number;
  /** Whether a batch of that length may still be added, after `pendingBytes` that are going to be. */
  fits(lengthBytes: number, pendingBytes: number): boolean;
  /** At least half of what fits: no reason to wait for more. */
  readonly isAmple: boolean;
  /** What may be added still. */
  left(): Pick<ReadOptions, "maxBytes" | "atLeastOne">;
  add(part: Uint8Array): void;
  /** The parts added are kept alive by this, until the slice is released. */
  hold(holder: { release(): void }): void;
  /** What was gathered. */
  slice(): LogSlice;
  /** Releases what was gathered: the read failed. */
  abandon(): void;
}

export const EMPTY_SLICE: LogSlice = { parts: [], sizeBytes: 0, release: () => {} };

export function gathering({ maxBytes, atLeastOne }: ReadOptions): Gathering {
  const parts: Uint8Array[] = [];
  const holders: { release(): void }[] = [];
  let sizeBytes = 0;
  const release = () => {
    for (const holder of holders) holder.release();
    holders.length = 0;
  };
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    fits(lengthBytes, pendingBytes) {
      const before = sizeBytes + pendingBytes;
      return before + lengthBytes <= maxBytes || (before === 0 && atLeastOne);
    },
    get isAmple() {
      return sizeBytes * 2 >= maxBytes;
    },
    left: () => ({ maxBytes: Math.max(0, maxBytes - sizeBytes), atLeastOne: atLeastOne && sizeBytes === 0 }),
    add(part) {
      parts.push(part);
      sizeBytes += part.length;
    },
    hold: (holder) => void holders.push(holder),
    slice() {
      if (sizeBytes > 0) return { parts, sizeBytes, release };
      release();
      return EMPTY_SLICE;
    },
    abandon: release,
  };
}
