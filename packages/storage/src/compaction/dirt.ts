// How much of a log compaction has to look at anew: see LogStore.dirt.
import type { PartitionId } from "@moldau/std";
import type { ExtentIndex } from "../catalog/catalog.js";
import type { Dirt } from "../log/log.js";

/** Extents looked up at once. */
const PAGE = 256;

export async function dirtOf(extents: ExtentIndex, partition: PartitionId): Promise<Dirt> {
  const row = await extents.row(partition);
  const cleanedThrough = (await extents.cleaned(partition))?.through ?? 0;
  let cleanBytes = 0;
  let dirtyBytes = 0;
  const extentsEnd = row?.endOffset ?? 0;
  for (let from = row?.logStartOffset ?? 0; from < extentsEnd; ) {
    const page = await extents.find(partition, from, PAGE);
    for (const { lastOffset, lengthBytes } of page) {
      if (lastOffset < cleanedThrough) cleanBytes += lengthBytes;
      else dirtyBytes += lengthBytes;
    }
    from = (page.at(-1)?.lastOffset ?? extentsEnd) + 1;
  }
  return { cleanedThrough, cleanBytes, dirtyBytes, extentsEnd };
}
