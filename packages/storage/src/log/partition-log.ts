// One partition's log in memory: offsets, epochs, and the rows of its tail. A class, for there may be 100,000 of them and methods
// are shared where closures would not be.
//
//        logStartOffset      tailStartOffset        highWatermark    endOffset
//              │ extents (segments)  │ tail (journal)      │ in flight   │
//   ───────────┴─────────────────────┴─────────────────────┴─────────────┘
//                      ╰─ warm rows ─╯╰───── rows ─────────╯
//
// Invariant: logStartOffset, tailStartOffset <= highWatermark <= endOffset. The tail's rows cover [tailStartOffset, highWatermark)
// without a hole.
import { assert, type PartitionId, partitionKey } from "@moldau/std";
import type { Extent, PartitionRow } from "../catalog/catalog.js";
import { StorageError } from "../errors.js";
import type { JournalEntry } from "../journal/group-commit.js";
import type { GroupSequence } from "../journal/journal.js";
import type { Log, LogOwner, LogSlice, ReadOptions, RecoveredProducers, TimestampedOffset } from "./log.js";
import { decodeProducers, encodeProducers } from "./producer-snapshot.js";
import type { TailRows } from "./tail-rows.js";

type EpochStart = Log["epochs"][number];

/** What all logs of a store share. */
export interface LogShared {
  readonly rows: TailRows;
  append(log: PartitionLog, batch: Uint8Array): Promise<void>;
  read(log: PartitionLog, from: number, options: ReadOptions): LogSlice | Promise<LogSlice>;
  findTimestamp(log: PartitionLog, timestampMs: number): Promise<TimestampedOffset | undefined>;
  findMaxTimestamp(log: PartitionLog): Promise<TimestampedOffset | undefined>;
  trim(log: PartitionLog, logStartOffset: number): Promise<void>;
}

const EMPTY_ROW: PartitionRow = { logStartOffset: 0, endOffset: 0, sizeBytes: 0, epochs: [], producers: new Uint8Array(0) };
export const NO_EXTENTS: readonly Extent[] = [];

export class PartitionLog implements Log {
  readonly partition: PartitionId;
  readonly #shared: LogShared;
  logStartOffset = 0;
  tailStartOffset = 0;
  highWatermark = 0;
  endOffset = 0;
  epochs: readonly EpochStart[] = [];
  /** Row numbers in offset order: of warm batches, which extents hold too, then of the tail's. */
  readonly tail: number[] = [];
  /** How many of them are warm. */
  warm = 0;
  tailBytes = 0;
  /** What the catalog has; the producers encoded as in producer-snapshot. */
  row: PartitionRow = EMPTY_ROW;
  /** Whether the catalog's row was read. Until then a log that replay has found has a tail and nothing else. */
  loaded = false;
  dropped = false;
  owner: LogOwner | undefined;
  /** Whether the owner has appended: from then on it knows more of its producers than the catalog. */
  appended = false;
  /** The last journal group that moved the high watermark. */
  advancedBy: GroupSequence = 0;
  /** Extents that the last read found: where a sequential reader goes on. */
  foundExtents: readonly Extent[] = NO_EXTENTS;

  constructor(partition: PartitionId, shared: LogShared) {
    this.partition = partition;
    this.#shared = shared;
  }

  get sizeBytes(): number {
    return this.row.sizeBytes + this.tailBytes;
  }

  get recovered(): RecoveredProducers {
    const stored = decodeProducers(this.row.producers, this.row.endOffset);
    const facts = this.tail.slice(this.warm).map((row) => this.#shared.rows.facts(row));
    return { ...stored, tail: [...stored.tail, ...facts] };
  }

  append(batch: Uint8Array): Promise<void> {
    return this.#shared.append(this, batch);
  }

  read(from: number, options: ReadOptions): LogSlice | Promise<LogSlice> {
    return this.#shared.read(this, from, options);
  }

  findTimestamp(timestampMs: number): Promise<TimestampedOffset | undefined> {
    return this.#shared.findTimestamp(this, timestampMs);
  }

  findMaxTimestamp(): Promise<TimestampedOffset | undefined> {
    return this.#shared.findMaxTimestamp(this);
  }

  trim(logStartOffset: number): Promise<void> {
    return this.#shared.trim(this, logStartOffset);
  }

  /** Throws StorageError when the log's topic was deleted. */
  assertLive(): void {
    if (this.dropped) throw new StorageError("closed", `the log of ${partitionKey(this.partition)} was deleted`);
  }

  /** A batch was given to the journal. */
  appending(entry: JournalEntry): void {
    this.endOffset = entry.lastOffset + 1;
    this.appended = true;
    this.#beginEpoch(entry.leaderEpoch, entry.baseOffset);
  }

  /** The batch is durable: it is part of the tail, and may be read. */
  committed(entry: JournalEntry, group: GroupSequence): void {
    if (this.tail.length === 0 && !this.loaded) this.highWatermark = this.tailStartOffset = entry.baseOffset;
    assert(
      entry.baseOffset === this.highWatermark,
      () => `batch ${entry.baseOffset} of ${partitionKey(this.partition)} follows ${this.highWatermark}`,
    );
    this.tail.push(this.#shared.rows.add(entry, group));
    this.tailBytes += entry.lengthBytes;
    this.highWatermark = entry.lastOffset + 1;
    if (this.endOffset < this.highWatermark) this.endOffset = this.highWatermark;
  }

  /** What was in flight is gone. */
  rollBack(): void {
    this.endOffset = this.highWatermark;
    this.epochs = this.epochs.filter(({ startOffset }) => startOffset < this.highWatermark);
  }

  /** Takes over what the catalog knows. Rows of batches that extents hold already are let go. */
  load(row: PartitionRow = EMPTY_ROW): void {
    assert(!this.loaded, "a log's row is read once");
    this.loaded = true;
    if (this.tail.length === 0) this.highWatermark = this.endOffset = row.endOffset;
    this.logStartOffset = row.logStartOffset;
    this.stored(row);
    this.epochs = row.epochs;
    const { rows } = this.#shared;
    for (const number of this.tail) this.#beginEpoch(rows.leaderEpoch(number), rows.baseOffset(number));
  }

  /** The catalog has this row now: what extents hold is no more of the tail, but warm. */
  stored(row: PartitionRow): void {
    const { rows } = this.#shared;
    this.row = row;
    const first = this.indexOf(row.endOffset);
    for (; this.warm < first; this.warm++) this.tailBytes -= rows.lengthBytes(this.tail[this.warm] as number);
    this.tailStartOffset = first === this.tail.length ? this.highWatermark : rows.baseOffset(this.tail[first] as number);
    // Invariant: the tail goes on where extents end.
    assert(
      this.tailStartOffset === row.endOffset,
      () => `the journal of ${partitionKey(this.partition)} goes on at ${row.endOffset}, not ${this.tailStartOffset}`,
    );
  }

  /** Lets go of warm rows whose groups are not after `through`. */
  cool(through: GroupSequence): void {
    const { rows } = this.#shared;
    let count = 0;
    while (count < this.warm && rows.group(this.tail[count] as number) <= through) count++;
    this.#letGo(count);
    this.warm -= count;
  }

  /** Lets go of all rows: the log is deleted. */
  clear(): void {
    this.#letGo(this.tail.length);
    this.warm = 0;
    this.tailBytes = 0;
  }

  #letGo(count: number): void {
    if (count === 0) return;
    for (let i = 0; i < count; i++) this.#shared.rows.free(this.tail[i] as number);
    // In place: the array keeps its room for the rows that follow.
    this.tail.copyWithin(0, count);
    this.tail.length -= count;
  }

  /** Whether the batch that holds the offset, or follows it, has a row. */
  hasRowAt(offset: number): boolean {
    const first = this.tail[0];
    return first !== undefined && offset >= this.#shared.rows.baseOffset(first);
  }

  /** Place in the tail of the first batch whose last offset is at least `offset`; the tail's length when there is none. */
  indexOf(offset: number): number {
    const { rows } = this.#shared;
    const tail = this.tail;
    let low = 0;
    let high = tail.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows.lastOffset(tail[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The row to store when extents end at `endOffset` and have `addedBytes` more (or less) than now. The log start is that of the
   * row before, unless it is the trim that stores it: it goes forward with the extents that it removes.
   */
  rowThrough(endOffset: number, addedBytes: number, logStartOffset = this.row.logStartOffset): PartitionRow {
    const { row } = this;
    const epochs = epochsWithin(this.epochs, logStartOffset, endOffset);
    const producers = endOffset === row.endOffset ? row.producers : this.#producersThrough(endOffset);
    return { logStartOffset, endOffset, sizeBytes: row.sizeBytes + addedBytes, epochs, producers };
  }

  /** The row to store when extents were replaced that have `addedBytes` more, and are compacted through `cleanedThrough`, if they are. */
  rowReplaced(addedBytes: number, cleanedThrough?: number): PartitionRow {
    const { row } = this;
    const producers = cleanedThrough === undefined ? row.producers : this.#producersThrough(row.endOffset, cleanedThrough);
    return { ...row, sizeBytes: row.sizeBytes + addedBytes, producers };
  }

  /** Producer state through that offset: the owner's, or what was recovered when the owner has added nothing. */
  #producersThrough(through: number, cleanedThrough?: number): Uint8Array {
    if (this.owner && (this.appended || cleanedThrough !== undefined)) {
      return encodeProducers({ producers: this.owner.producers(through, cleanedThrough), producersThrough: through, tail: [] });
    }
    const { producers, producersThrough, tail } = this.recovered;
    return encodeProducers({ producers, producersThrough, tail: tail.filter(({ lastOffset }) => lastOffset < through) });
  }

  #beginEpoch(epoch: number, startOffset: number): void {
    const newest = this.epochs.at(-1);
    if (newest === undefined || epoch > newest.epoch) this.epochs = [...this.epochs, { epoch, startOffset }];
  }
}

/** The epochs that have offsets at or above `logStartOffset`: the last one to begin at or below it, and those after. */
export function epochsFrom(epochs: readonly EpochStart[], logStartOffset: number): EpochStart[] {
  const later = epochs.findIndex(({ startOffset }) => startOffset > logStartOffset);
  const kept = later < 0 ? epochs.length - 1 : later - 1;
  return epochs.slice(Math.max(kept, 0));
}

/** Those of them that begin before `endOffset`. Most logs have one epoch all their lives: no list is made for these. */
function epochsWithin(epochs: readonly EpochStart[], logStartOffset: number, endOffset: number): readonly EpochStart[] {
  const [only] = epochs;
  if (epochs.length === 1 && only && only.startOffset < endOffset) return epochs;
  return epochsFrom(epochs, logStartOffset).filter(({ startOffset }) => startOffset < endOffset);
}
