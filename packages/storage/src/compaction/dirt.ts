// How much of a log compaction has to look at anew: see LogStore.dirt.
//
//   log start     cleaned through          limit          extents' end      log end
//       ┴── clean ───────┴──────── dirty ────┴── not yet ──────┴── journal ────┴
import type { Extent, ExtentIndex } from "../catalog/catalog.js";
import type { DirtLimits, LogStore } from "../log/log.js";
import type { LogTable } from "../log/log-table.js";
import type { PartitionLog } from "../log/partition-log.js";
import type { TailRows } from "../log/tail-rows.js";

export interface DirtPorts {
  readonly extents: ExtentIndex;
  readonly logs: LogTable;
  readonly rows: TailRows;
}

/** Extents looked up at once. */
const PAGE = 256;
const UNLIMITED: DirtLimits = { below: Number.POSITIVE_INFINITY };

export function dirtOf({ extents, logs, rows }: DirtPorts): LogStore["dirt"] {
  return async (partition, { below, olderThanMs = Number.POSITIVE_INFINITY } = UNLIMITED) => {
    const row = await extents.row(partition);
    const cleanedThrough = (await extents.cleaned(partition))?.through ?? 0;
    const extentsEnd = row?.endOffset ?? 0;
    let cleanBytes = 0;
    let dirtyBytes = 0;
    let limit = below;
    for (let from = row?.logStartOffset ?? 0; from < extentsEnd; ) {
      const page = await extents.find(partition, from, PAGE);
      for (const extent of page) {
        const { baseOffset, lastOffset, maxTimestamp } = extent;
        if (lastOffset >= cleanedThrough && maxTimestamp >= olderThanMs) limit = Math.min(limit, baseOffset);
        cleanBytes += bytesWithin(extent, 0, cleanedThrough);
        dirtyBytes += bytesWithin(extent, cleanedThrough, limit);
      }
      from = (page.at(-1)?.lastOffset ?? extentsEnd) + 1;
    }
    const log = logs.find(partition);
    return { cleanedThrough, cleanBytes, dirtyBytes, extentsEnd, ...inJournal(log, extentsEnd, rows) };
  };
}

/** Of an extent that is there in part, that part by its offsets: the batches are not looked at. */
function bytesWithin({ baseOffset, lastOffset, lengthBytes }: Extent, from: number, to: number): number {
  const offsets = lastOffset + 1 - baseOffset;
  const within = Math.min(lastOffset + 1, to) - Math.max(baseOffset, from);
  return within <= 0 ? 0 : Math.round((lengthBytes * within) / offsets);
}

/** Of a log that replay has found and nobody has opened, extents may hold some batches already. */
function inJournal(log: PartitionLog | undefined, extentsEnd: number, rows: TailRows) {
  const first = log?.indexOf(extentsEnd) ?? 0;
  const oldest = log?.tail[first];
  if (!log || oldest === undefined) return { journalBytes: 0, journalTimestamp: -1 };
  let journalBytes = log.tailBytes;
  if (!log.loaded) for (let i = 0; i < first; i++) journalBytes -= rows.lengthBytes(log.tail[i] as number);
  return { journalBytes, journalTimestamp: rows.maxTimestamp(oldest) };
}
