// Merging as the log store has it: which segments become larger ones behind, when, and what has come of it (docs/decisions/0011).
//
// It stands back while consolidation has work, unless far too many segments wait: then it goes on as fast as it can.
import type { Clock, Timers } from "@moldau/env";
import type { PartitionId } from "@moldau/std";
import { BlobMissing, type BlobStore } from "../blobs/blob-store.js";
import type { Extent, ExtentIndex } from "../catalog/catalog.js";
import { CorruptionError } from "../errors.js";
import type { Report } from "../events.js";
import { backgroundRounds } from "../log/background-rounds.js";
import type { StorageStats } from "../log/log.js";
import type { Replace } from "../log/replacement.js";
import { segmentKey } from "../segments/segment.js";
import { mergeCandidates } from "./candidates.js";
import { merge } from "./merge.js";
import { type KnownSegment, type MergeLimits, segmentsOf, segmentTable } from "./segment-table.js";
import { standingBack, unlessAbandoned } from "./standing-back.js";
import { survey } from "./survey.js";

export interface Merging {
  /** There may be time for it. Cheap. */
  noticed(): void;
  /** Consolidation has written these runs. */
  written(runs: readonly { readonly partition: PartitionId; readonly extent: Extent }[]): void;
  /** Extents went, and with them these segments. */
  removed(segmentIds: readonly number[]): void;
  /** Whether a commit is about to refer to the segment, though nothing may for a moment: it must not be deleted. */
  isCommitting(segmentId: number): boolean;
  stats(): Pick<StorageStats, "mergeRounds" | "mergedBytes">;
  /** Abandons the merge that is running, if any. */
  close(): Promise<void>;
}

export interface MergingPorts {
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly report: Report;
  readonly replace: Replace;
  /** What consolidation is at: it comes first. */
  readonly consolidation: () => "idle" | "working" | "failing";
  /** Grows with what producers and consumers do. */
  readonly activity: () => number;
  readonly limits: MergeLimits & { readonly mergedSegmentBytes: number; readonly mergeRestMs: number };
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** So many small segments that merging does not stand back any more. */
const URGENT_SEGMENTS = 256;

export function merging(ports: MergingPorts): Merging {
  const { clock, limits } = ports;
  const counts = { mergeRounds: 0, mergedBytes: 0 };
  const committing = new Set<number>();
  const firstNewSegment = ports.extents.nextSegmentId();
  const table = segmentTable(limits);
  const candidates = mergeCandidates(table, ports.extents, clock);
  const isUrgent = () => table.count >= URGENT_SEGMENTS;
  const isHeldBack = () => {
    const state = ports.consolidation();
    return state === "failing" || (state === "working" && !isUrgent());
  };
  const standBack = standingBack({ ...ports, restMs: limits.mergeRestMs, isHeldBack, isUrgent });
  let surveyed = false;

  const damaged = (error: CorruptionError) => ports.report({ kind: "damaged", error });

  const mergeSources = async (sources: readonly KnownSegment[]) => {
    const written = (segment: KnownSegment) => {
      counts.mergedBytes += segment.sizeBytes;
      table.add(segment);
    };
    const ids = sources.map(({ id }) => id);
    try {
      await merge({ ...ports, ...limits, committing, written, pause: standBack.pause }, ids);
    } catch (error) {
      const without = await lostSources(error, ids, ports);
      if (without.length === 0) throw error;
      // The others go on without them.
      table.forget(without);
      if (error instanceof CorruptionError) damaged(error);
      return;
    }
    counts.mergeRounds++;
    candidates.merged(sources);
  };

  const round = async () => {
    if (!surveyed) {
      await survey({ ...ports, found: table.add, damaged, pause: standBack.pause }, firstNewSegment);
      surveyed = true;
    }
    const sources = await candidates.next();
    if (sources.length > 0) await mergeSources(sources);
  };

  const rounds = backgroundRounds({
    ...ports,
    what: "merging",
    firstPauseMs: FIRST_PAUSE_MS,
    longestPauseMs: LONGEST_PAUSE_MS,
    due: () => candidates.mayHaveSome() && !isHeldBack(),
    round: () => round().catch(unlessAbandoned),
  });
  return {
    noticed: rounds.noticed,
    written(runs) {
      for (const segment of segmentsOf(runs)) table.add(segment);
      candidates.changed();
    },
    removed(segmentIds) {
      table.forget(segmentIds);
      candidates.shrunk();
      rounds.noticed();
    },
    isCommitting: (segmentId) => committing.has(segmentId),
    stats: () => ({ ...counts }),
    async close() {
      standBack.abandon();
      await rounds.close();
    },
  };
}

/** The sources that a failed merge could go on without: one that is damaged, or those that are gone because nothing refers to them any more. */
async function lostSources(error: unknown, ids: readonly number[], { blobs, extents }: MergingPorts): Promise<readonly number[]> {
  if (error instanceof CorruptionError) return ids.filter((id) => blobs.location(segmentKey(id)) === error.path);
  if (!(error instanceof BlobMissing)) return [];
  const gone: number[] = [];
  for (const id of ids) if (!(await extents.hasSegment(id))) gone.push(id);
  return gone;
}
