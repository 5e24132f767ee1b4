// Extents give way to others that cover the same offsets: merged ones, or compacted ones. Readers go on meanwhile: who finds the old
// segment gone looks the offset up again.
//
//   read and write (outside, however long) ─▶ in turn: what is still there? ─▶ one commit ─▶ caches forget ─▶ old segments are deleted
//
// Invariant: whatever was trimmed or deleted while the new segments were written stays so. Two that replace the same extents do not
// both: who comes second is refused.
import type { Timers } from "@moldau/env";
import type { PartitionId } from "@moldau/std";
import type { Extent, PartitionChange } from "../catalog/catalog.js";
import { forgetExtents } from "./extent-reader.js";
import type { PartitionLog } from "./partition-log.js";
import type { RemovalPorts } from "./removal.js";

export interface Replacement {
  readonly partition: PartitionId;
  /** Side by side, in offset order. None: only that the log is compacted is told. */
  readonly removed: readonly Extent[];
  /** Cover the same offsets. */
  readonly added: readonly Extent[];
  /** With this one the log is compacted through here; its owner is told. */
  readonly cleanedThrough?: number;
}

export interface ReplacementPorts extends Omit<RemovalPorts, "trimming"> {
  readonly load: (log: PartitionLog) => Promise<void>;
  readonly timers: Pick<Timers, "yield">;
}

/**
 * Commits them all at once, but those of which nothing is left to replace, and those of which extents were replaced otherwise meanwhile.
 * Says which were committed. A partition is named once.
 */
export type Replace = (replacements: readonly Replacement[]) => Promise<readonly boolean[]>;

interface Prepared {
  readonly log: PartitionLog;
  readonly change: PartitionChange;
}

export function replacing(ports: ReplacementPorts): Replace {
  const { extents, logs, tail, exclusively, deleteSegments } = ports;

  const prepare = async (log: PartitionLog, { partition, removed, added, cleanedThrough }: Replacement): Promise<Prepared | undefined> => {
    if (!log.loaded) await ports.load(log);
    const last = removed.at(-1);
    const present = new Set<string>();
    for (let from = removed[0]?.baseOffset ?? 0; last && from <= last.lastOffset; ) {
      const page = await extents.find(partition, from, PAGE);
      for (const extent of page) present.add(nameOf(extent));
      from = (page.at(-1)?.lastOffset ?? last.lastOffset) + 1;
    }
    const gone = removed.filter((extent) => present.has(nameOf(extent)));
    if (log.dropped || (gone.length === 0 && (removed.length > 0 || cleanedThrough === undefined))) return undefined;
    const { logStartOffset } = log.row;
    if (removed.some((extent) => extent.lastOffset >= logStartOffset && !present.has(nameOf(extent)))) return undefined;
    // A trim took the oldest of them: what covers only these is not needed either.
    const from = gone[0]?.baseOffset ?? 0;
    const kept = added.filter(({ lastOffset }) => lastOffset >= from);
    const row = log.rowReplaced(bytesOf(kept) - bytesOf(gone), cleanedThrough);
    const change = { partition, row, added: kept, removed: gone.map(({ baseOffset }) => baseOffset) };
    return { log, change: cleanedThrough === undefined ? change : { ...change, cleaned: { through: cleanedThrough } } };
  };

  const committed = ({ log, change }: Prepared) => {
    forgetExtents(log);
    log.stored(change.row);
    if (!change.cleaned) return;
    // What is warm has what was compacted away.
    log.cool(Number.POSITIVE_INFINITY);
    tail.cut(log);
    log.owner?.cleaned(change.cleaned.through);
  };

  return (replacements) =>
    exclusively(async () => {
      const looked: PartitionLog[] = [];
      try {
        const prepared: Prepared[] = [];
        for (const [i, replacement] of replacements.entries()) {
          if (i % PARTITIONS_AT_ONCE === PARTITIONS_AT_ONCE - 1) await ports.timers.yield();
          const log = logs.findOrAdd(replacement.partition);
          looked.push(log);
          const one = await prepare(log, replacement);
          if (one) prepared.push(one);
        }
        const unreferenced = await extents.commit({ changes: prepared.map(({ change }) => change) });
        for (const one of prepared) committed(one);
        deleteSegments([...unreferenced, ...unusedOf(replacements, prepared)]);
        const done = new Set(prepared.map(({ log }) => log));
        return looked.map((log) => done.has(log));
      } finally {
        for (const log of looked) logs.forgetIdle(log);
      }
    });
}

/** Extents looked up at once. */
const PAGE = 256;
/** Partitions looked at between two looks at the event loop. */
const PARTITIONS_AT_ONCE = 16;

const nameOf = ({ segmentId, position }: Extent): string => `${segmentId}:${position}`;
const bytesOf = (extents: readonly Extent[]): number => extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);

/** Segments that were written and got no extent. */
function unusedOf(replacements: readonly Replacement[], prepared: readonly Prepared[]): readonly number[] {
  const used = new Set(prepared.flatMap(({ change }) => change.added.map(({ segmentId }) => segmentId)));
  const written = new Set(replacements.flatMap(({ added }) => added.map(({ segmentId }) => segmentId)));
  return [...written].filter((id) => !used.has(id));
}
