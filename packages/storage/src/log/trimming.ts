// How a log begins later: what the catalog is told, and what follows from it here. For trims and for retention.
import type { ExtentIndex, PartitionChange } from "../catalog/catalog.js";
import { forgetExtents } from "./extent-reader.js";
import { epochsFrom, type PartitionLog } from "./partition-log.js";
import type { TailRows } from "./tail-rows.js";

export interface Trimming {
  /** What to commit for the log to begin there: the extents wholly before it go. */
  change(log: PartitionLog, logStartOffset: number): Promise<PartitionChange>;
  /** It is committed. */
  committed(log: PartitionLog, change: PartitionChange): void;
}

/** Extents that are looked up at once. */
const PAGE = 256;

export function trimming(extents: ExtentIndex, rows: TailRows): Trimming {
  /** The extents that lie wholly below the log start: their base offsets and their bytes. */
  const below = async ({ partition }: PartitionLog, logStartOffset: number) => {
    const baseOffsets: number[] = [];
    let sizeBytes = 0;
    for (let from = 0; ; ) {
      const page = await extents.find(partition, from, PAGE);
      for (const extent of page) {
        if (extent.lastOffset >= logStartOffset) return { baseOffsets, sizeBytes };
        baseOffsets.push(extent.baseOffset);
        sizeBytes += extent.lengthBytes;
        from = extent.lastOffset + 1;
      }
      if (page.length === 0) return { baseOffsets, sizeBytes };
    }
  };

  /** Where extents end once the log is trimmed: as before, or in the tail, at the batch that holds the log start. */
  const endOfExtents = (log: PartitionLog, logStartOffset: number): number => {
    if (logStartOffset <= log.tailStartOffset) return log.tailStartOffset;
    const first = log.tail[log.indexOf(logStartOffset)];
    return first === undefined ? log.highWatermark : rows.baseOffset(first);
  };

  return {
    async change(log, logStartOffset) {
      const removed = await below(log, logStartOffset);
      const row = log.rowThrough(endOfExtents(log, logStartOffset), -removed.sizeBytes, logStartOffset);
      return { partition: log.partition, row, added: [], removed: removed.baseOffsets };
    },
    committed(log, { row }) {
      forgetExtents(log);
      log.stored(row);
      log.epochs = epochsFrom(log.epochs, row.logStartOffset);
    },
  };
}
