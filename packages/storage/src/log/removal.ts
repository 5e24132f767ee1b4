// What takes records away before their time: trims (DeleteRecords) and the deletion of topics. Readers see it at once; the
// catalog follows, when no round of consolidation is under way, and then the blobs.
import { assert, type InTurn, type TopicId } from "@moldau/std";
import type { ExtentIndex } from "../catalog/catalog.js";
import type { LogTable } from "./log-table.js";
import type { PartitionLog } from "./partition-log.js";
import type { Tail } from "./tail.js";
import type { Trimming } from "./trimming.js";

export interface RemovalPorts {
  readonly extents: ExtentIndex;
  readonly logs: LogTable;
  readonly tail: Tail;
  readonly trimming: Trimming;
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

export function removal({ extents, logs, tail, trimming, exclusively, deleteSegments }: RemovalPorts): Removal {
  const commitTrim = async (log: PartitionLog) => {
    log.assertLive();
    // It may go on while this is under way; then another trim waits its turn.
    const { logStartOffset } = log;
    if (log.row.logStartOffset >= logStartOffset) return;
    const change = await trimming.change(log, logStartOffset);
    const unreferenced = await extents.commit({ changes: [change] });
    trimming.committed(log, change);
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
