// Consolidation as the log store has it: when rounds are due, and what has come of them.
import type { Clock, Timers } from "@moldau/env";
import type { InTurn } from "@moldau/std";
import { StorageError } from "../errors.js";
import type { Report } from "../events.js";
import type { GroupSequence, Journal } from "../journal/journal.js";
import { type BackgroundRounds, backgroundRounds } from "../log/background-rounds.js";
import type { StorageStats } from "../log/log.js";
import type { StoreLimits } from "../log/store-limits.js";
import { fileToPromote } from "./promote.js";
import { consolidateRound, type RoundPorts } from "./round.js";

export interface Consolidation extends BackgroundRounds {
  /** See LogStore.consolidate. */
  now(): Promise<void>;
  /** Whether a round runs, or should. */
  isDue(): boolean;
  stats(): Pick<StorageStats, "consolidationRounds" | "consolidatedBytes" | "promotedFiles" | "promotedBytes">;
}

export interface ConsolidationPorts extends RoundPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly report: Report;
  readonly limits: StoreLimits;
  readonly exclusively: InTurn;
  readonly turned: () => void;
  /** A round has ended well. */
  readonly ended: () => void;
}

interface Waiting {
  readonly end: GroupSequence;
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}

/** The part of the tail's bound up to which a round waits for the file that is being filled. */
const WAITING_SHARE = 0.75;
/** Runs below this part of what gets a segment of its own are tiny: 32 KiB. */
const TINY_RUN = 1 / 32;
/** The same part for rounds of tiny runs: appends go on while they are written. */
const TINY_SHARE = 0.6;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

export function consolidation(ports: ConsolidationPorts): Consolidation {
  const { tail, journal, blobs, limits, exclusively } = ports;
  const counts = { consolidationRounds: 0, consolidatedBytes: 0, promotedFiles: 0, promotedBytes: 0 };
  let promising = true;

  /** Files fill fast, and with what may stay in them: the one that is being filled is worth waiting for. */
  const awaitsFullFile = () =>
    promising &&
    blobs.adopt !== undefined &&
    journal.files?.isFast() === true &&
    tail.groups.sizeBytes < limits.tailBytes * WAITING_SHARE &&
    fileToPromote(ports) === undefined;
  /** Where a round would make tiny runs of many partitions, it waits until they are twice as long: each costs rows of the catalog. */
  const dueBytes = () => {
    const areTiny = tail.logs.size * limits.ownSegmentBytes * TINY_RUN > limits.consolidateBytes;
    return areTiny ? Math.min(limits.consolidateBytes * 2, limits.tailBytes * TINY_SHARE) : limits.consolidateBytes;
  };
  /** Who waits until the groups before this sequence are in extents. */
  let waiting: readonly Waiting[] = [];
  const isDue = () => {
    if (tail.groups.end === tail.groups.next) return false;
    if (waiting.length > 0) return true;
    if (tail.groups.batchCount >= limits.consolidateBatches || isCrowded(journal)) return true;
    if (tail.groups.sizeBytes >= dueBytes()) return !awaitsFullFile();
    return promising && fileToPromote(ports) !== undefined;
  };

  const rounds = backgroundRounds({
    ...ports,
    what: "consolidation",
    firstPauseMs: FIRST_PAUSE_MS,
    longestPauseMs: LONGEST_PAUSE_MS,
    due: isDue,
    round: () =>
      exclusively(async () => {
        const done = await consolidateRound(ports, limits);
        promising = done.promising;
        counts.consolidationRounds++;
        counts.consolidatedBytes += done.writtenBytes;
        counts.promotedBytes += done.promotedBytes;
        if (done.promotedBytes > 0) counts.promotedFiles++;
        for (const one of waiting) if (one.end <= tail.groups.next) one.done();
        waiting = waiting.filter(({ end }) => end > tail.groups.next);
        ports.ended();
      }),
  });
  return {
    noticed: rounds.noticed,
    isDue,
    now: () =>
      new Promise((done, failed) => {
        const { next, end } = tail.groups;
        if (next === end) return done();
        waiting = [...waiting, { end, done, failed }];
        rounds.noticed();
      }),
    async close() {
      const stopped = waiting;
      waiting = [];
      for (const one of stopped) one.failed(new StorageError("closed", "storage is closing"));
      await rounds.close();
    },
    get isFailing() {
      return rounds.isFailing;
    },
    stats: () => ({ ...counts }),
  };
}

/** Half full, or in such pieces that a large group finds no room. */
function isCrowded(journal: Journal): boolean {
  const { usedBytes, capacityBytes } = journal.usage();
  return usedBytes * 2 >= capacityBytes || !journal.fits(journal.maxGroupBytes);
}
