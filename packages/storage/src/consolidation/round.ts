// One round of consolidation: the oldest journal groups become segments, one catalog transaction says so, the journal gives the
// groups' space back. Readers and writers go on meanwhile.
//
//   hold groups in memory → plan runs → write segments → commit → tails end later, their rows are warm → release the journal
//
// Where the groups fill a file that may be promoted, most of it is a segment already (promote.ts), and only the rest is written.
// Until the commit nothing has changed; after it, nothing needs the groups. A crash between leaves segments that no extent refers to:
// the sweep of the next start deletes them.
import type { Timers } from "@moldau/env";
import type { PartitionId } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent, ExtentIndex, PartitionChange } from "../catalog/catalog.js";
import type { FullFile, GroupSequence } from "../journal/journal.js";
import type { PartitionLog } from "../log/partition-log.js";
import type { Tail } from "../log/tail.js";
import type { TailReader } from "../log/tail-reader.js";
import { lastOfRound, type RoundBounds } from "./choose-groups.js";
import { type GroupSource, groupsBetween, holdGroups } from "./group-bytes.js";
import { type PlannedRun, planSegments } from "./plan.js";
import { promotableOf, type StretchLimits } from "./promotable.js";
import { fileToPromote, promote } from "./promote.js";
import { type WrittenRun, writeSegments } from "./write-segment.js";

export interface RoundPorts extends GroupSource {
  readonly extents: ExtentIndex;
  readonly tailReader: TailReader;
  readonly blobs: BlobStore;
  readonly timers: Timers;
  /** Reads the catalog row of a log that replay has found and nobody has opened. */
  readonly load: (log: PartitionLog) => Promise<void>;
  /** These runs are in the catalog now. */
  readonly written: (runs: readonly { readonly partition: PartitionId; readonly extent: Extent }[]) => void;
  /** Nothing refers to these segments: their blobs go, behind. */
  readonly deleteSegments: (segmentIds: readonly number[]) => void;
}

export interface RoundLimits extends RoundBounds, StretchLimits {
  readonly ownSegmentBytes: number;
  readonly sharedSegmentBytes: number;
  readonly warmBatches: number;
}

export interface RoundDone {
  /** Bytes of segments that were written. */
  readonly writtenBytes: number;
  /** Bytes that were a segment where they lay. */
  readonly promotedBytes: number;
  /** Whether a file full of what the round took would be promoted. */
  readonly promising: boolean;
}

/** Segments that are durable, and not committed yet. */
interface Stored extends RoundDone {
  readonly runs: readonly WrittenRun[];
  readonly through: GroupSequence;
  /** The file that becomes a segment. */
  readonly file?: FullFile;
}

/** Consolidates the oldest groups; there is at least one. */
export async function consolidateRound(ports: RoundPorts, limits: RoundLimits): Promise<RoundDone> {
  const { tail, journal, tailReader, timers } = ports;
  const pause = () => timers.yield();
  for (const log of [...tail.logs]) if (!log.loaded) await ports.load(log);
  const stored = (await storeInPlace(ports, limits, pause)) ?? (await storeCopied(ports, limits, pause));
  const { runs, through, file } = stored;
  await commit(ports, runs, through, pause);
  file?.leave();
  tail.consolidated(through);
  await tail.cool(limits.warmBatches, pause);
  await tailReader.idle();
  await journal.release(through);
  return stored;
}

/** The full file at the tail's beginning, promoted; the rest of its runs written. Undefined when it is none to promote. */
async function storeInPlace(ports: RoundPorts, limits: RoundLimits, pause: () => Promise<void>): Promise<Stored | undefined> {
  const { tail } = ports;
  const file = fileToPromote(ports);
  if (!file) return undefined;
  const through = file.lastSequence;
  const plan = await planSegments(tail, { through, pause, ...limits });
  const { runs, sizeBytes } = promotableOf(plan, limits.ownSegmentBytes, tail, limits);
  if (sizeBytes === 0 || sizeBytes < file.groupBytes * limits.promotedShare) return undefined;
  const inPlace = await promote({ ...ports, pause }, file, runs);
  if (!inPlace) return undefined;
  const staying = new Set(runs);
  const rest = plan.filter(([first]) => first && !staying.has(first));
  const written = await writeRuns(ports, rest, groupsOf(rest, tail), pause);
  return { file, through, runs: [...inPlace, ...written], promotedBytes: sizeBytes, writtenBytes: bytesOf(written), promising: true };
}

/** Some groups at the tail's beginning, sorted by partition and written. */
async function storeCopied(ports: RoundPorts, limits: RoundLimits, pause: () => Promise<void>): Promise<Stored> {
  const { tail } = ports;
  const through = lastOfRound(tail.groups, limits);
  const first = tail.groups.next;
  const plan = await planSegments(tail, { through, pause, ...limits });
  const runs = await writeRuns(ports, plan, groupsBetween(first, through), pause);
  const groupBytes = bytesBetween(tail, first, through);
  const promising = promotableOf(plan, limits.ownSegmentBytes, tail, limits).sizeBytes >= groupBytes * limits.promotedShare;
  return { through, runs, promotedBytes: 0, writtenBytes: bytesOf(runs), promising };
}

/** Writes the planned segments, whose runs lie in those groups. */
async function writeRuns(
  ports: RoundPorts,
  plan: readonly (readonly PlannedRun[])[],
  groups: Iterable<GroupSequence>,
  pause: () => Promise<void>,
): Promise<readonly WrittenRun[]> {
  if (plan.length === 0) return [];
  const memory = await holdGroups(ports, groups);
  try {
    return await writeSegments({ ...ports, rows: ports.tail.rows, pause }, plan, memory);
  } finally {
    memory.release();
  }
}

/** The groups that the planned runs have batches in, oldest first. */
function groupsOf(plan: readonly (readonly PlannedRun[])[], { rows }: Tail): Iterable<GroupSequence> {
  const groups = new Set<GroupSequence>();
  for (const { log, firstBatch, batchCount } of plan.flat()) {
    for (let i = firstBatch; i < firstBatch + batchCount; i++) groups.add(rows.group(log.tail[i] as number));
  }
  return [...groups].sort((a, b) => a - b);
}

function bytesBetween({ groups }: Tail, first: GroupSequence, last: GroupSequence): number {
  let sum = 0;
  for (const sequence of groupsBetween(first, last)) sum += groups.get(sequence).location.lengthBytes;
  return sum;
}

const bytesOf = (runs: readonly WrittenRun[]): number => runs.reduce((sum, { extent }) => sum + extent.lengthBytes, 0);

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
  ports.written(changes.flatMap(({ partition, added }) => added.map((extent) => ({ partition, extent }))));
}

/** Segments that were written and got no extent. */
function orphansOf(written: readonly WrittenRun[], changes: readonly PartitionChange[]): readonly number[] {
  const referenced = new Set(changes.flatMap(({ added }) => added.map(({ segmentId }) => segmentId)));
  return [...new Set(written.map(({ extent }) => extent.segmentId))].filter((id) => !referenced.has(id));
}
