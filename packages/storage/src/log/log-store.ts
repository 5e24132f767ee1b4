// The log store: where journal, tail, segments and catalog meet.
//
//   append ─▶ group commit ─▶ journal ─▶ arrival (tails grow, high watermarks move) ─▶ consolidation (tails become extents)
//   read   ─▶ log reader ─▶ tail reader (slabs, journal) or extent reader (segments)
//
// Invariant: whatever removes rows, groups or extents (rounds, trims, drops) takes its turn; reads and appends never wait for one.
import type { Clock, Random, Timers } from "@moldau/env";
import { batchBaseOffset } from "@moldau/records";
import { assert, inTurn, partitionKey, type TopicId } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { ExtentIndex } from "../catalog/catalog.js";
import { compaction } from "../compaction/compaction.js";
import { dirtOf } from "../compaction/dirt.js";
import { consolidation } from "../consolidation/consolidation.js";
import { StorageError } from "../errors.js";
import type { Report } from "../events.js";
import { admission } from "../journal/admission.js";
import type { GroupCommit, GroupListener } from "../journal/group-commit.js";
import type { RingJournal } from "../journal/ring-journal.js";
import { merging } from "../merging/merging.js";
import { replay } from "../recovery/replay.js";
import { sweepBehind } from "../recovery/sweep.js";
import { retention } from "../retention/retention.js";
import { chunkCache } from "../segments/chunk-cache.js";
import { segmentKey } from "../segments/segment.js";
import { segmentReader } from "../segments/segment-reader.js";
import { extentReader } from "./extent-reader.js";
import { type Figures, groupArrival } from "./group-arrival.js";
import type { Log, LogOwner, LogStore } from "./log.js";
import { logReader } from "./log-reader.js";
import { logTable } from "./log-table.js";
import type { PartitionLog } from "./partition-log.js";
import { type ReadBuffers, readBuffers } from "./read-buffers.js";
import { removal } from "./removal.js";
import { replacing } from "./replacement.js";
import type { StoreLimits } from "./store-limits.js";
import { emptyTail, type Tail } from "./tail.js";
import { tailReader } from "./tail-reader.js";
import { timestampSearch } from "./timestamps.js";
import { trimming } from "./trimming.js";

export interface LogStorePorts {
  readonly journal: RingJournal;
  /** Called once, after replay. */
  readonly groupCommit: (listener: GroupListener) => GroupCommit;
  /** Bytes of memory for groups, for the figures. */
  readonly slabBytes: () => number;
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly report: Report;
  /** Whether the topic is in the cluster image. */
  readonly isLive: (topicId: TopicId) => boolean;
  readonly limits: StoreLimits;
}

/** Replays the journal and gives the store. Throws CorruptionError when the journal is damaged. */
export async function openLogStore(ports: LogStorePorts): Promise<LogStore> {
  const { journal, extents, clock, timers, report, limits } = ports;
  assert(limits.tailBatches >= limits.consolidateBatches, "appends wait for consolidation before it is due: tailBatches is too low");
  assert(limits.tailBytes >= limits.consolidateBytes, "appends wait for consolidation before it is due: tailBytes is too low");
  const exclusively = inTurn();
  const tail: Tail = emptyTail(() => tailRoom.pump());
  const hasRoom = () =>
    tail.groups.batchCount < limits.tailBatches && (tail.groups.writtenBytes < limits.tailBytes || consolidating.isFailing);
  const tailRoom = admission({ clock, timers, patienceMs: limits.patienceMs, hasRoom });
  const buffers = readBuffers(limits.readBufferBytes);
  const reading = readers(ports, tail, buffers);
  const figures: Figures = { failures: 0, groups: 0, writtenBytes: 0 };

  const logs = logTable({
    rows: tail.rows,
    read: reading.logs.read,
    ...reading.timestamps,
    trim: (log, offset) => removing.trim(log, offset),
    append(log, batch) {
      log.assertLive();
      // Invariant: offsets are given without a hole.
      assert(batchBaseOffset(batch, 0) === log.endOffset, "a batch is appended at the log's end");
      const { entry, group } = commits.append(log.partition, batch);
      log.appending(entry);
      return group.durable;
    },
  });
  const load = async (log: PartitionLog) => {
    const row = await extents.row(log.partition);
    if (log.loaded) return;
    log.load(row);
  };
  const deleteSegments = (segmentIds: readonly number[]) => {
    const unused = segmentIds.filter((id) => !merges.isCommitting(id));
    reading.segments.forget(unused);
    merges.removed(unused);
    // A blob that stays is swept at the next start.
    ports.blobs.delete(unused.map(segmentKey)).catch(() => figures.failures++);
  };
  const removals = { extents, logs, tail, trimming: trimming(extents, tail.rows), exclusively, deleteSegments };
  const removing = removal(removals);
  const replace = replacing({ ...removals, load, timers });
  const consolidating = consolidation({
    ...ports,
    tail,
    buffers,
    tailReader: reading.tail,
    load,
    deleteSegments,
    exclusively,
    turned: tailRoom.pump,
    written: (runs) => merges.written(runs),
    ended: () => merges.noticed(),
  });
  const merges = merging({
    ...ports,
    replace,
    activity: () => figures.groups + reading.diskReads(),
    consolidation: () => (consolidating.isFailing ? "failing" : consolidating.isDue() ? "working" : "idle"),
  });

  const replayed = await replay({ ...ports, logs, tail }, await extents.consolidatedThrough());
  report({ kind: "recovered", ...replayed, journalMode: journal.mode });
  const commits = ports.groupCommit(groupArrival({ logs, tail, clock, report, figures, noticed: consolidating.noticed }));
  consolidating.noticed();
  const sweeping = sweepBehind({ ...ports, exclusively });
  merges.noticed();

  return {
    open: (partition, owner) => openLog(logs.findOrAdd(partition), owner, load),
    admit: (lengthBytes) => {
      const room = tailRoom.admit(0);
      return room ? room.then(() => commits.admit(lengthBytes)) : commits.admit(lengthBytes);
    },
    maxBatchBytes: commits.maxBatchBytes,
    drop: removing.drop,
    retain: retention({ ...removals, load, timers }),
    dirt: dirtOf({ extents, logs, rows: tail.rows }),
    compact: compaction({ ...ports, logs, replace, appends: commits.quiet, activity: () => figures.groups }),
    consolidate: consolidating.now,
    stats: () => ({
      ...journalStats(ports, figures),
      ...reading.stats(),
      ...consolidating.stats(),
      ...merges.stats(),
      failures: figures.failures,
    }),
    async close() {
      tailRoom.close(new StorageError("closed", "storage is closing"));
      sweeping.stop();
      await merges.close();
      await consolidating.close();
      await commits.close();
      await sweeping.ended;
      // Trims and deletions that were asked for before.
      await exclusively(async () => {});
      await journal.close();
    },
  };
}

async function openLog(log: PartitionLog, owner: LogOwner, load: (log: PartitionLog) => Promise<void>): Promise<Log> {
  assert(!log.owner, `the log of ${partitionKey(log.partition)} has one owner`);
  log.owner = owner;
  try {
    await load(log);
  } catch (error) {
    log.owner = undefined;
    throw error;
  }
  return log;
}

/** All that reads: from the tail, from extents, from either, and by timestamp. */
function readers({ journal, blobs, extents, limits }: LogStorePorts, tail: Tail, buffers: ReadBuffers) {
  const segments = segmentReader({ blobs, cache: chunkCache({ maxBytes: limits.segmentCacheBytes }) });
  const fromTail = tailReader({ journal, tail, buffers });
  const fromExtents = extentReader({ extents, blobs, segments });
  const logs = logReader(fromTail, fromExtents);
  return {
    segments,
    tail: fromTail,
    logs,
    timestamps: timestampSearch(logs, fromExtents, tail.rows),
    /** Reads that memory could not answer. */
    diskReads: () => fromTail.journalReads + segments.stats().blobReads,
    stats() {
      const { blobReads, cacheHits, cacheMisses } = segments.stats();
      return { tailReads: logs.memoryReads, journalReads: fromTail.journalReads, segmentReads: blobReads, cacheHits, cacheMisses };
    },
  };
}

function journalStats({ journal, slabBytes }: LogStorePorts, { groups, writtenBytes }: Figures) {
  const { usedBytes, capacityBytes } = journal.usage();
  return {
    journalUsedBytes: usedBytes,
    journalCapacityBytes: capacityBytes,
    journalGroups: groups,
    journalWrittenBytes: writtenBytes,
    slabBytes: slabBytes(),
  };
}
