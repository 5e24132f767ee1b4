// A journal group arrives: its batches join the tails of their logs, and each log's owner hears of it once.
import type { Clock } from "@moldau/env";
import type { PartitionId } from "@moldau/std";
import type { Report } from "../events.js";
import type { GroupListener } from "../journal/group-commit.js";
import type { LogTable } from "./log-table.js";
import type { PartitionLog } from "./partition-log.js";
import type { Tail } from "./tail.js";

export interface Arrival {
  readonly logs: LogTable;
  readonly tail: Tail;
  readonly clock: Clock;
  readonly report: Report;
  /** The tail has grown. */
  readonly noticed: () => void;
  readonly figures: Figures;
}

/** Counted for metrics. */
export interface Figures {
  failures: number;
  groups: number;
  writtenBytes: number;
}

export function groupArrival({ logs, tail, clock, report, noticed, figures }: Arrival): GroupListener {
  let failingSince: number | undefined;
  /**
   * Batches in flight are those of open logs. A log whose topic was deleted since is not known any more, or known anew to retention,
   * which had been asked about it before: its batches leave with the group.
   */
  const openLog = (partition: PartitionId): PartitionLog | undefined => {
    const log = logs.find(partition);
    return log?.owner ? log : undefined;
  };

  return {
    committed({ sequence, location, slab, slabGeneration, slabPosition }, entries) {
      tail.groups.add({
        sequence,
        location,
        batchCount: entries.length,
        memory: { slab, generation: slabGeneration, position: slabPosition },
      });
      figures.groups++;
      figures.writtenBytes += location.lengthBytes;
      const advanced: PartitionLog[] = [];
      for (const entry of entries) {
        const log = openLog(entry.partition);
        if (!log) continue;
        if (log.tail.length === 0) tail.grown(log);
        log.committed(entry, sequence);
        if (log.advancedBy === sequence) continue;
        log.advancedBy = sequence;
        advanced.push(log);
      }
      for (const log of advanced) log.owner?.advanced();
      if (failingSince !== undefined) {
        report({ kind: "healed", what: "journal", afterMs: clock.monotonicMs() - failingSince });
        failingSince = undefined;
      }
      noticed();
    },
    failed(entries, error) {
      figures.failures++;
      if (failingSince === undefined) report({ kind: "failing", what: "journal", error });
      failingSince ??= clock.monotonicMs();
      const touched = new Set<PartitionLog>();
      for (const { partition } of entries) {
        const log = openLog(partition);
        if (log) touched.add(log);
      }
      for (const log of touched) {
        log.rollBack();
        log.owner?.rolledBack();
      }
    },
  };
}
