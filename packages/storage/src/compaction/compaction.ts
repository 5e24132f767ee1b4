// Compaction of one log: see LogStore.compact. One pass over it, as Kafka's log cleaner does, in slices between which others run.
//
//   log start            cleaned through                end          order.below
//       │  compacted before    │  the dirty part: its keys │  stays as it is │
//       └── keys are looked up ────────────────────────────┘
//
// First the newest offset of each key in the dirty part is put into a map of bounded size: where it is full, this pass ends. Then the
// log is rewritten up to there, group by group of neighbouring extents; each group is committed by itself.
//
// Invariant: a tombstone or marker that has a horizon is the last trace of what it ends: groups are committed in offset order, so what
// it hides was gone before it got its horizon. A crash leaves a log that is compacted up to some group; the next pass begins anew.
import type { Clock, Random, Timers } from "@moldau/env";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent, ExtentIndex } from "../catalog/catalog.js";
import type { Compacted, CompactionOrder, Log, LogStore } from "../log/log.js";
import type { LogTable } from "../log/log-table.js";
import type { Replace } from "../log/replacement.js";
import type { StoreLimits } from "../log/store-limits.js";
import { extentChunks } from "../segments/extent-chunks.js";
import { abortedRanges } from "./aborted-ranges.js";
import { rememberKeys } from "./dirty-keys.js";
import { type Judge, judging } from "./fate.js";
import { HASH_KEY_BYTES } from "./key-hash.js";
import { keyMap } from "./key-map.js";
import { pace } from "./pace.js";
import { assertLive, ExtentsReplaced, extentsFrom, type Pass, retries } from "./pass.js";
import { rewrite } from "./rewriting.js";

export interface CompactionPorts {
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly replace: Replace;
  readonly logs: LogTable;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly limits: StoreLimits;
  /** See PaceOptions. */
  readonly appends?: () => Promise<void> | undefined;
  readonly activity?: () => number;
}

export function compaction(ports: CompactionPorts): LogStore["compact"] {
  return async (log, order) => {
    const startMs = ports.clock.monotonicMs();
    const pass = beginPass(ports, log, order);
    const cleanedThrough = await compact(pass, ports);
    return { cleanedThrough, ...pass.figures, elapsedMs: ports.clock.monotonicMs() - startMs } satisfies Compacted;
  };
}

function beginPass(
  { extents, blobs, replace, logs, clock, timers, appends, activity }: CompactionPorts,
  log: Log,
  order: CompactionOrder,
): Pass {
  const { maxBytesPerSecond, signal } = order;
  return {
    log,
    order,
    extents,
    blobs,
    replace,
    chunks: extentChunks(blobs),
    pace: pace({ clock, timers, maxBytesPerSecond, signal, appends, activity }),
    isDropped: () => logs.find(log.partition) !== log,
    figures: { readBytes: 0, writtenBytes: 0, removedRecords: 0, removedBytes: 0 },
  };
}

/** Gives the offset through which the log is compacted now. */
async function compact(pass: Pass, { random, limits }: CompactionPorts): Promise<number> {
  const { log, order, extents } = pass;
  order.signal?.throwIfAborted();
  const cleaned = (await extents.cleaned(log.partition))?.through ?? 0;
  const from = Math.max(cleaned, log.logStartOffset);
  const keys = keyMap({ maxBytes: order.keyBytes, baseOffset: from, hashKey: random.bytes(HASH_KEY_BYTES) });
  const isAborted = abortedRanges(order.aborted);
  const end = await rememberKeys(pass, keys, isAborted, from);
  assertLive(pass);
  if (end <= from) return cleaned;
  const { nowMs, deleteRetentionMs } = order;
  await rewriteThrough(
    pass,
    judging({ keys, end, cleanedThrough: cleaned, nowMs, deleteRetentionMs, isAborted }),
    end,
    limits.compactionGroupBytes,
  );
  return end;
}

/** Rewrites the log up to `end`, and has it known that it is compacted. */
async function rewriteThrough(pass: Pass, judge: Judge, end: number, groupBytes: number): Promise<void> {
  const again = retries(pass);
  let isTold = false;
  for (let from = pass.log.logStartOffset; from < end; ) {
    const before = judge.state();
    try {
      const group = await groupFrom(pass, from, end, groupBytes);
      const last = group.at(-1);
      if (!last) break;
      isTold = await compactGroup(pass, judge, group, last.lastOffset + 1 >= end ? end : undefined);
      from = last.lastOffset + 1;
      again.reset();
    } catch (error) {
      again.again(error);
      judge.resume(before);
    }
  }
  // The last extents were trimmed away.
  if (!isTold) await replaceOrThrow(pass, [], [], end);
}

/** Neighbouring extents from `from` on, of about so many bytes together, or one that is larger. */
async function groupFrom(pass: Pass, from: number, end: number, groupBytes: number): Promise<readonly Extent[]> {
  const group: Extent[] = [];
  let bytes = 0;
  for await (const extent of extentsFrom(pass, from, end)) {
    if (group.length > 0 && bytes + extent.lengthBytes > groupBytes) break;
    group.push(extent);
    bytes += extent.lengthBytes;
  }
  return group;
}

/** Rewrites a group and commits that. Whether it was told that the log is compacted through an offset, when one is given. */
async function compactGroup(pass: Pass, judge: Judge, group: readonly Extent[], cleanedThrough?: number): Promise<boolean> {
  const { extent, removedRecords } = await rewrite(pass, judge, group);
  if (extent) await replaceOrThrow(pass, group, [extent], cleanedThrough);
  else if (cleanedThrough !== undefined) await replaceOrThrow(pass, [], [], cleanedThrough);
  const { figures } = pass;
  figures.removedRecords += removedRecords;
  if (extent) figures.removedBytes += group.reduce((sum, { lengthBytes }) => sum + lengthBytes, -extent.lengthBytes);
  return cleanedThrough !== undefined;
}

async function replaceOrThrow({ log, replace }: Pass, removed: readonly Extent[], added: readonly Extent[], cleanedThrough?: number) {
  const replacement = { partition: log.partition, removed, added };
  const [isDone] = await replace([cleanedThrough === undefined ? replacement : { ...replacement, cleanedThrough }]);
  if (!isDone) throw new ExtentsReplaced("a merge was faster");
}
