// Consolidation as the log store has it: when rounds are due, and what has come of them.
import type { Clock, Timers } from "@moldau/env";
import type { InTurn } from "@moldau/std";
import type { Report } from "../events.js";
import type { Journal } from "../journal/journal.js";
import type { StorageStats } from "../log/log.js";
import type { StoreLimits } from "../log/store-limits.js";
import { type Consolidator, consolidator } from "./consolidator.js";
import { consolidateRound, type RoundPorts } from "./round.js";

export interface Consolidation extends Consolidator {
  stats(): Pick<StorageStats, "consolidationRounds" | "consolidatedBytes">;
}

export interface ConsolidationPorts extends RoundPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly report: Report;
  readonly limits: StoreLimits;
  readonly exclusively: InTurn;
  readonly turned: () => void;
}

export function consolidation(ports: ConsolidationPorts): Consolidation {
  const { tail, journal, limits, exclusively } = ports;
  let count = 0;
  let bytes = 0;
  const rounds = consolidator({
    ...ports,
    due: () =>
      tail.groups.end > tail.groups.next &&
      (tail.groups.sizeBytes >= limits.consolidateBytes || tail.groups.batchCount >= limits.consolidateBatches || isCrowded(journal)),
    round: () =>
      exclusively(async () => {
        bytes += await consolidateRound(ports, limits);
        count++;
      }),
  });
  return {
    noticed: rounds.noticed,
    close: rounds.close,
    get isFailing() {
      return rounds.isFailing;
    },
    stats: () => ({ consolidationRounds: count, consolidatedBytes: bytes }),
  };
}

/** Half full, or in such pieces that a large group finds no room. */
function isCrowded(journal: Journal): boolean {
  const { usedBytes, capacityBytes } = journal.usage();
  return usedBytes * 2 >= capacityBytes || !journal.fits(journal.maxGroupBytes);
}
