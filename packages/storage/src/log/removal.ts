// What takes records away before their time: trims (DeleteRecords, retention) and the deletion of topics. Readers see it at once; the
// catalog follows, when no round of consolidation is under way, and then the blobs.
import { assert, type InTurn, type TopicId } from "@moldau/std";
import type { ExtentIndex } from "../catalog/catalog.js";
import { forgetExtents } from "./extent-reader.js";
import type { LogTable } from "./log-table.js";
import { epochsFrom, type PartitionLog } from "./partition-log.js";
import type { Tail } from "./tail.js";

export interface RemovalPorts {
  readonly extents: ExtentIndex;
  readonly logs: LogTable;
  readonly tail: Tail;
  /** Runs a change when nothing else changes extents or tails. */
  readonly exclusively: InTurn;
  readonly deleteSegments: (segmentIds: readonly number[]) => void;
}

export interface Removal {
  /** See Log.trim. */
  trim(log: PartitionLog, logStartOffset: number): Promise<void>;
  /** See LogStore.drop. */
  drop(topic: TopicId, partitionCount: number): Promise<void>;
}

/** Extents that are looked up at once. */
const PAGE = 256;

export function removal({ extents, logs, tail, exclusively, deleteSegments }: RemovalPorts): Removal {
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
    return first === undefined ? log.highWatermark : tail.rows.baseOffset(first);
  };

  const commitTrim = async (log: PartitionLog) => {
    log.assertLive();
    // It may go on while this is under way; then another trim waits its turn.
    const { logStartOffset } = log;
    if (log.row.logStartOffset >= logStartOffset) return;
    const removed = await below(log, logStartOffset);
    const row = log.rowThrough(endOfExtents(log, logStartOffset), -removed.sizeBytes, logStartOffset);
    const unreferenced = await extents.commit({ changes: [{ partition: log.partition, row, added: [], removed: removed.baseOffsets }] });
    forgetExtents(log);
    log.stored(row);
    log.epochs = epochsFrom(log.epochs, logStartOffset);
    deleteSegments(unreferenced);
  };

  return {
    async trim(log, logStartOffset) {
      log.assertLive();
      assert(logStartOffset <= log.highWatermark, "a log is trimmed below its high watermark");
      log.logStartOffset = Math.max(log.logStartOffset, logStartOffset);
      await exclusively(() => commitTrim(log));
    },
    async drop(topic, partitionCount) {
      const gone = logs.remove(topic);
      for (const log of gone) log.dropped = true;
      await exclusively(async () => {
        for (const log of gone) {
          log.clear();
          tail.cut(log);
        }
        deleteSegments(await extents.drop(topic, partitionCount));
      });
    },
  };
}
