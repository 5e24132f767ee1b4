// Memory for batches, used again and again: fresh memory costs more at its first touch than copying into it.
import type { BatchMemory } from "@moldau/records";

const SMALLEST_BYTES = 1024;

/** Keeps up to `keptBytes` for the next batches, in sizes that are powers of two. */
export function memoryPool(keptBytes: number): BatchMemory {
  const free: Buffer[][] = [];
  let kept = 0;
  return {
    take(bytes) {
      const size = Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
      const memory = free[Math.log2(size)]?.pop();
      if (!memory) return Buffer.allocUnsafeSlow(size);
      kept -= size;
      return memory;
    },
    give(memory) {
      const size = memory.length;
      if (kept + size > keptBytes) return;
      kept += size;
      const index = Math.log2(size);
      const list = free[index];
      if (list) list.push(memory);
      else free[index] = [memory];
    },
  };
}
