// One round of consolidation: the oldest journal groups become segments, one catalog transaction says so, the journal gives the
// groups' space back. Readers and writers go on meanwhile.
//
//   hold groups in memory → plan runs → write segments → commit → tails end later, their rows are warm → release the journal
//
// Until the commit nothing has changed; after it, nothing needs the groups. A crash between leaves segments that no extent refers to:
// the sweep of the next start deletes them.
import type { Timers } from "@moldau/env";
import type { BlobStore } from "../blobs/blob-store.js";
import type { ExtentIndex, PartitionChange } from "../catalog/catalog.js";
import type { GroupSequence } from "../journal/journal.js";
import type { PartitionLog } from "../log/partition-log.js";
import type { TailReader } from "../log/tail-reader.js";
import { lastOfRound, type RoundBounds } from "./choose-groups.js";
import { type GroupSource, holdGroups } from "./group-bytes.js";
import { planSegments } from "./plan.js";
import { type WrittenRun, writeSegments } from "./write-segment.js";

export interface RoundPorts extends GroupSource {
  readonly extents: ExtentIndex;
  readonly tailReader: TailReader;
  readonly blobs: BlobStore;
  readonly timers: Timers;
  /** Reads the catalog row of a log that replay has found and nobody has opened. */
  readonly load: (log: PartitionLog) => Promise<void>;
  /** Nothing refers to these segments: their blobs go, behind. */
  readonly deleteSegments: (segmentIds: readonly number[]) => void;
}

export interface RoundLimits extends RoundBounds {
  readonly ownSegmentBytes: number;
  readonly sharedSegmentBytes: number;
  readonly warmBatches: number;
}

/** Consolidates the oldest groups; there is at least one. Gives the bytes of the segments. */
export async function consolidateRound(ports: RoundPorts, limits: RoundLimits): Promise<number> {
  const { tail, journal, tailReader, timers } = ports;
  const pause = () => timers.yield();
  const through = lastOfRound(tail.groups, limits);
  for (const log of [...tail.logs]) if (!log.loaded) await ports.load(log);
  const memory = await holdGroups(ports, through);
  let written: readonly WrittenRun[];
  try {
    const plan = await planSegments(tail, { through, pause, ...limits });
    written = await writeSegments({ ...ports, rows: tail.rows, pause }, plan, memory);
  } finally {
    memory.release();
  }
  await commit(ports, written, through, pause);
  tail.consolidated(through);
  await tail.cool(limits.warmBatches, pause);
  await tailReader.idle();
  await journal.release(through);
  return written.reduce((sum, { extent }) => sum + extent.lengthBytes, 0);
}

/** Logs changed in one go. */
const LOGS_AT_ONCE = 256;

/** Makes the segments' extents the truth, in the catalog first and then here. */
async function commit(
  ports: RoundPorts,
  written: readonly WrittenRun[],
  through: GroupSequence,
  pause: () => Promise<void>,
): Promise<void> {
  const { extents, deleteSegments } = ports;
  const changes: PartitionChange[] = [];
  const changed: PartitionLog[] = [];
  for (const [i, { log, extent }] of written.entries()) {
    if (i % LOGS_AT_ONCE === LOGS_AT_ONCE - 1) await pause();
    // A log whose topic was deleted meanwhile has no extents any more, and gets none.
    if (log.dropped) continue;
    const row = log.rowThrough(extent.lastOffset + 1, extent.lengthBytes);
    changes.push({ partition: log.partition, row, added: [extent], removed: [] });
    changed.push(log);
  }
  const unreferenced = await extents.commit({ changes, consolidatedThrough: through });
  for (const [i, log] of changed.entries()) {
    if (i % LOGS_AT_ONCE === LOGS_AT_ONCE - 1) await pause();
    log.stored((changes[i] as PartitionChange).row);
  }
  deleteSegments([...unreferenced, ...orphansOf(written, changes)]);
}

/** Segments that were written and got no extent. */
function orphansOf(written: readonly WrittenRun[], changes: readonly PartitionChange[]): readonly number[] {
  const referenced = new Set(changes.flatMap(({ added }) => added.map(({ segmentId }) => segmentId)));
  return [...new Set(written.map(({ extent }) => extent.segmentId))].filter((id) => !referenced.has(id));
}
