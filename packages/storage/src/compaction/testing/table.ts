// A log that is a table: what was appended to it, what may be read of it, and what compaction owes its readers.
import {
  type BatchInput,
  batchBaseOffset,
  batches,
  batchLastOffset,
  buildBatch,
  controlBatch,
  readBatchHeader,
  records,
} from "@moldau/records";
import { expect } from "vitest";
import type { AbortedRange, CompactionOrder, Log } from "../../log/log.js";
import { taken } from "../../log/testing/batches.js";

export interface Row {
  /** Null: none. */
  readonly key: string | null;
  /** Null: a tombstone. */
  readonly value: string | null;
  readonly timestamp: number;
}

/** A record, or a marker, that was appended. */
export interface Appended extends Row {
  readonly offset: number;
  readonly isMarker: boolean;
  /** The transaction that it is part of, or ends. */
  readonly transaction: Transaction | undefined;
}

interface Transaction {
  readonly producerId: number;
  readonly firstOffset: number;
  outcome: "open" | "COMMIT" | "ABORT";
}

export interface Seen {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
  readonly isMarker: boolean;
}

export const ORDER: Omit<CompactionOrder, "below"> = { nowMs: 0, deleteRetentionMs: 1e6, keyBytes: 1 << 20, aborted: [] };

const text = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString();
const bytesOf = (value: string | null): Uint8Array | null => (value === null ? null : Buffer.from(value));

export class Table {
  log: Log;
  readonly appended: Appended[] = [];
  readonly aborted: AbortedRange[] = [];
  readonly #open = new Map<number, Transaction>();

  constructor(log: Log) {
    this.log = log;
  }

  async append(rows: readonly Row[], options: Omit<BatchInput, "records"> = {}): Promise<void> {
    const baseOffset = this.log.endOffset;
    const transaction = options.transactional ? this.#transactionOf(options.producerId ?? -1) : undefined;
    const input = rows.map(({ key, value, timestamp }) => ({ key: bytesOf(key), value: bytesOf(value), timestamp }));
    const batch = buildBatch({ ...options, records: input, baseOffset, leaderEpoch: 0 });
    for (const [i, row] of rows.entries()) this.appended.push({ ...row, offset: baseOffset + i, isMarker: false, transaction });
    await this.log.append(batch);
  }

  async appendTo(producerId: number, rows: readonly Row[], options: Omit<BatchInput, "records"> = {}): Promise<void> {
    await this.append(rows, { ...options, producerId, producerEpoch: 0, baseSequence: 0, transactional: true });
  }

  #transactionOf(producerId: number): Transaction {
    const known = this.#open.get(producerId);
    if (known) return known;
    const begun: Transaction = { producerId, firstOffset: this.log.endOffset, outcome: "open" };
    this.#open.set(producerId, begun);
    return begun;
  }

  async endTransaction(producerId: number, type: "COMMIT" | "ABORT"): Promise<void> {
    const offset = this.log.endOffset;
    const transaction = this.#open.get(producerId);
    this.#open.delete(producerId);
    if (transaction) transaction.outcome = type;
    if (transaction && type === "ABORT") this.aborted.push({ producerId, firstOffset: transaction.firstOffset, lastOffset: offset });
    const place = { baseOffset: offset, leaderEpoch: 0 };
    const batch = controlBatch({ type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0, ...place });
    this.appended.push({ offset, key: null, value: null, timestamp: 0, isMarker: true, transaction });
    await this.log.append(batch);
  }

  /** Below this, all transactions have ended. */
  get stableOffset(): number {
    return Math.min(this.log.highWatermark, ...Array.from(this.#open.values(), ({ firstOffset }) => firstOffset));
  }

  /** All that can be read from `from` on, `maxBytes` at a time. */
  async read(from = this.log.logStartOffset, maxBytes = 1e9): Promise<Seen[]> {
    const seen: Seen[] = [];
    for await (const batch of follow(this.log, from, maxBytes)) seen.push(...seenIn(batch));
    return seen.filter(({ offset }) => offset >= from);
  }

  /** What a reader of committed transactions makes of records. */
  state(records: readonly Seen[]): Record<string, string> {
    const aborted = new Set(this.appended.filter(isAborted).map(({ offset }) => offset));
    const state: Record<string, string> = {};
    for (const { offset, key, value, isMarker } of records) {
      if (key === null || isMarker || aborted.has(offset)) continue;
      if (value === null) delete state[key];
      else state[key] = value;
    }
    return state;
  }

  /** What must be readable from `from` on, had nothing been compacted. */
  history(from = this.log.logStartOffset): Appended[] {
    return this.appended.filter(({ offset }) => offset >= from);
  }
}

/** A record of a transaction that was aborted. */
export const isAborted = ({ transaction, isMarker }: Appended): boolean => !isMarker && transaction?.outcome === "ABORT";

/** Batches from `from` on, one read after the other, as a consumer does. */
export async function* follow(log: Log, from: number, maxBytes: number): AsyncIterable<Uint8Array> {
  for (let next = from; next < log.highWatermark; ) {
    next = Math.max(next, log.logStartOffset);
    const bytes = taken(await log.read(next, { maxBytes, atLeastOne: true, below: log.highWatermark }));
    expect(bytes.length, `there are batches from ${next} to ${log.highWatermark}`).toBeGreaterThan(0);
    for (const at of batches(bytes)) {
      expect(batchLastOffset(bytes, at), "a reader gets no batch twice").toBeGreaterThanOrEqual(next);
      next = batchLastOffset(bytes, at) + 1;
      yield bytes.subarray(at, at + readBatchHeader(bytes, at).sizeBytes);
    }
  }
}

export function seenIn(batch: Uint8Array): Seen[] {
  const { control } = readBatchHeader(batch, 0);
  expect(batchBaseOffset(batch, 0)).toBeLessThanOrEqual(batchLastOffset(batch, 0));
  return Array.from(records(batch), ({ offset, key, value, timestamp }) =>
    control
      ? { offset, timestamp, isMarker: true, key: null, value: null }
      : { offset, timestamp, isMarker: false, key: text(key), value: text(value) },
  );
}
