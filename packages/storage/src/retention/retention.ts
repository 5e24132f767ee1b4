// Retention: log starts move past what goes (rule.ts), and the segments that nothing refers to any more are deleted.
//
//   extents, oldest first ─▶ batches in the journal ─▶ the first that stays: there the log begins ─▶ one commit for many partitions
//
// Batches in the journal go one by one, so a small retention acts at once, whatever consolidation waits for. They are never written to
// a segment then; their bytes in the journal are overwritten when the ring comes round.
// Invariant: a log that nobody has opened is in the table while it is looked at, so who opens it meanwhile has the same one.
import type { Timers } from "@moldau/env";
import type { InTurn } from "@moldau/std";
import type { ExtentIndex, PartitionChange } from "../catalog/catalog.js";
import type { LogStore, Retained, RetentionRequest } from "../log/log.js";
import type { LogTable } from "../log/log-table.js";
import type { PartitionLog } from "../log/partition-log.js";
import type { Tail } from "../log/tail.js";
import type { Trimming } from "../log/trimming.js";
import { type Piece, type RetentionRule, retentionOf } from "./rule.js";

export interface RetentionPorts {
  readonly extents: ExtentIndex;
  readonly logs: LogTable;
  readonly tail: Tail;
  readonly trimming: Trimming;
  readonly load: (log: PartitionLog) => Promise<void>;
  readonly timers: Pick<Timers, "yield">;
  /** Runs a change when nothing else changes extents or tails. */
  readonly exclusively: InTurn;
  readonly deleteSegments: (segmentIds: readonly number[]) => void;
}

/** Extents and batches that one commit takes away at most. */
const PIECES_AT_ONCE = 4_096;
/** Extents looked up at once: first, for mostly nothing goes, and then. */
const FIRST_PAGE = 4;
const PAGE = 256;
/** Partitions looked at between two looks at the event loop. */
const PARTITIONS_AT_ONCE = 16;

/** How many pieces may still go. */
interface Budget {
  pieces: number;
}

interface Cut {
  readonly log: PartitionLog;
  readonly change: PartitionChange;
  readonly retained: Retained;
}

/** See LogStore.retain. */
export function retention(ports: RetentionPorts): LogStore["retain"] {
  const { logs, timers, exclusively } = ports;

  const cutAll = async (requests: readonly RetentionRequest[], looked: PartitionLog[]) => {
    const budget = { pieces: PIECES_AT_ONCE };
    const cuts: Cut[] = [];
    for (const [i, request] of requests.entries()) {
      if (i % PARTITIONS_AT_ONCE === PARTITIONS_AT_ONCE - 1) await timers.yield();
      const log = logs.findOrAdd(request.partition);
      looked.push(log);
      if (!log.loaded) await ports.load(log);
      const cut = await cutOf(log, request.rule, ports, budget);
      if (cut) cuts.push(cut);
      if (budget.pieces === 0) return { cuts, left: requests.slice(i) };
    }
    return { cuts, left: [] };
  };

  const commit = async (cuts: readonly Cut[]): Promise<readonly Retained[]> => {
    const live = cuts.filter(({ log }) => !log.dropped);
    if (live.length === 0) return [];
    const unreferenced = await ports.extents.commit({ changes: live.map(({ change }) => change) });
    for (const { log, change } of live) ports.trimming.committed(log, change);
    ports.deleteSegments(unreferenced);
    return live.map(({ retained }) => retained);
  };

  return (requests) =>
    exclusively(async () => {
      const looked: PartitionLog[] = [];
      try {
        const { cuts, left } = await cutAll(requests, looked);
        return { retained: await commit(cuts), left };
      } finally {
        for (const log of looked) logs.forgetIdle(log);
      }
    });
}

/** What goes of a log; its readers see it at once. Undefined when nothing goes. */
async function cutOf(log: PartitionLog, rule: RetentionRule, ports: RetentionPorts, budget: Budget): Promise<Cut | undefined> {
  const before = log.logStartOffset;
  const { endOffset, deletedBytes } = await whatGoes(log, rule, ports, budget);
  if (endOffset <= before || log.dropped) return undefined;
  // A trim that waits for its turn may go further.
  const logStartOffset = Math.max(endOffset, log.logStartOffset);
  log.logStartOffset = logStartOffset;
  const change = await ports.trimming.change(log, logStartOffset);
  return { log, change, retained: { partition: log.partition, logStartOffset, deletedBytes, deletedOffsets: logStartOffset - before } };
}

/** The offset after the last piece that goes, and the bytes of all that do. */
async function whatGoes(log: PartitionLog, rule: RetentionRule, { extents, tail }: RetentionPorts, budget: Budget) {
  const goes = retentionOf(rule, log.sizeBytes);
  const went = { endOffset: 0, deletedBytes: 0 };
  /** Whether to go on with the next piece. */
  const take = (piece: Piece): boolean => {
    if (budget.pieces === 0 || !goes(piece)) return false;
    budget.pieces--;
    went.endOffset = piece.lastOffset + 1;
    went.deletedBytes += piece.lengthBytes;
    return true;
  };
  const { row } = log;
  for (let from = row.logStartOffset, limit = FIRST_PAGE; from < row.endOffset; limit = PAGE) {
    const page = await extents.find(log.partition, from, limit);
    for (const extent of page) if (!take(extent)) return went;
    from = (page.at(-1)?.lastOffset ?? row.endOffset) + 1;
  }
  const { rows } = tail;
  for (const number of log.tail.slice(log.warm, log.warm + budget.pieces)) {
    const piece = { lastOffset: rows.lastOffset(number), lengthBytes: rows.lengthBytes(number), maxTimestamp: rows.maxTimestamp(number) };
    if (!take(piece)) return went;
  }
  return went;
}
