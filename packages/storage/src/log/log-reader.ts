// Reads a log wherever its batches lie. From memory at once, for a fetch may cover thousands of partitions; else behind a promise.
//
//   Slabs hold what was written last, in the tail or in extents since lately: at once. Further back lie
//   - the tail of a broker that was restarted, or whose readers hold the slabs: a read of the journal;
//   - extents: the segment cache, at once, or a read of a blob.
import { assert } from "@moldau/std";
import type { ExtentReader } from "./extent-reader.js";
import { EMPTY_SLICE, type Gathering, gathering } from "./gathering.js";
import type { LogSlice, ReadOptions } from "./log.js";
import type { PartitionLog } from "./partition-log.js";
import type { TailReader } from "./tail-reader.js";

export interface LogReader {
  /** See Log.read. */
  read(log: PartitionLog, from: number, options: ReadOptions): LogSlice | Promise<LogSlice>;
  /** Reads answered from memory alone. */
  readonly memoryReads: number;
}

/** Batches on their way, and the offset they begin at. */
interface Waiting {
  readonly from: number;
  readonly arriving: Promise<number>;
}

export function logReader(tail: TailReader, extents: ExtentReader): LogReader {
  let memoryReads = 0;

  /** The next batches, wherever they are. Gives the offset after them: `next` when none fits. */
  const advance = (into: Gathering, log: PartitionLog, next: number, limit: number): number | Promise<number> => {
    const after = log.hasRowAt(next) ? tail.addFromMemory(into, log, next, limit) : next;
    if (after > next) return after;
    return next < log.tailStartOffset ? extents.add(into, log, next, limit) : tail.addFromJournal(into, log, next, limit);
  };

  /** Takes what memory gives at once, from `from` on; says where to go on waiting when there is more. */
  const gatherAtOnce = (into: Gathering, log: PartitionLog, from: number, limit: number): Waiting | undefined => {
    let before: number;
    let next = from;
    do {
      before = next;
      const after = advance(into, log, next, limit);
      if (typeof after !== "number") return { from: next, arriving: after };
      next = after;
    } while (next > before && next < limit && !into.isAmple);
    return undefined;
  };

  const gather = async (into: Gathering, log: PartitionLog, limit: number, first: Waiting): Promise<LogSlice> => {
    try {
      for (let waiting: Waiting | undefined = first; waiting; ) {
        const next: number = await waiting.arriving;
        log.assertLive();
        const goOn: boolean = next > waiting.from && next < limit && !into.isAmple;
        waiting = goOn ? gatherAtOnce(into, log, next, limit) : undefined;
      }
      return into.slice();
    } catch (error) {
      into.abandon();
      throw error;
    }
  };

  return {
    read(log, from, options) {
      log.assertLive();
      const limit = Math.min(options.below, log.highWatermark);
      if (from >= limit) return EMPTY_SLICE;
      assert(from >= log.logStartOffset, "reads begin at or after the log start offset");
      const into = gathering(options);
      try {
        const waiting = gatherAtOnce(into, log, from, limit);
        if (waiting) return gather(into, log, limit, waiting);
      } catch (error) {
        into.abandon();
        throw error;
      }
      memoryReads++;
      return into.slice();
    },
    get memoryReads() {
      return memoryReads;
    },
  };
}
