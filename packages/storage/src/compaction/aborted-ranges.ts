// Which batches belong to transactions that were aborted.
import type { AbortedRange } from "../log/log.js";

/** Whether the batch of that producer, with that base offset, lies in one of the ranges. */
export type IsAborted = (producerId: number, baseOffset: number) => boolean;

export function abortedRanges(ranges: readonly AbortedRange[]): IsAborted {
  const byProducer = new Map<number, AbortedRange[]>();
  for (const range of ranges) {
    const known = byProducer.get(range.producerId);
    if (known) known.push(range);
    else byProducer.set(range.producerId, [range]);
  }
  // A producer's transactions do not overlap: by their beginnings they are in order of their ends as well.
  for (const list of byProducer.values()) list.sort((a, b) => a.firstOffset - b.firstOffset);
  return (producerId, baseOffset) => {
    const list = byProducer.get(producerId);
    if (!list) return false;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((list[middle] as AbortedRange).lastOffset < baseOffset) low = middle + 1;
      else high = middle;
    }
    const range = list[low];
    return range !== undefined && range.firstOffset <= baseOffset;
  };
}
