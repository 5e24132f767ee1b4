// A partition's log as the broker sees it: append at the end, read anywhere, trim at the start. Journal, segments and caches are
// behind it.
import type { PartitionId, TopicId } from "@moldau/std";
import type { RetentionRule } from "../retention/rule.js";

export interface Log {
  readonly partition: PartitionId;
  readonly logStartOffset: number;
  /** The offset the next append takes. */
  readonly endOffset: number;
  /** Everything below is durable, and may be read. */
  readonly highWatermark: number;
  /** Bytes stored, journal and segments together. */
  readonly sizeBytes: number;
  /** Where each leader epoch began, oldest first. */
  readonly epochs: readonly { readonly epoch: number; readonly startOffset: number }[];
  /** Producer state as of `recovered.producersThrough`, as `LogOwner.producers` gave it; the batches after it are in `recovered.tail`. */
  readonly recovered: RecoveredProducers;

  /**
   * Appends one batch whose base offset is `endOffset`; the bytes are copied before this returns. The promise settles for the
   * whole journal group: resolved when the batch is durable and readable, rejected with StorageError when it is gone.
   * Ask `LogStore.admit` first.
   */
  append(batch: Uint8Array): Promise<void>;

  /**
   * Whole batches, from the one that holds `from` on, with base offsets below `below`: at most maxBytes, but at least one batch
   * when `atLeastOne`. In memory: at once; else a promise. `from` lies in [logStartOffset, highWatermark].
   * Throws or rejects with CorruptionError where stored bytes are damaged, StorageError where the device fails.
   */
  read(from: number, options: ReadOptions): LogSlice | Promise<LogSlice>;

  /** The first record (by offset) with a timestamp of at least this, below the high watermark. */
  findTimestamp(timestampMs: number): Promise<TimestampedOffset | undefined>;
  /** The record with the largest timestamp; the first of those that share it (KIP-734). */
  findMaxTimestamp(): Promise<TimestampedOffset | undefined>;

  /** Moves the log start offset forward, durably; records before it are gone for readers at once. */
  trim(logStartOffset: number): Promise<void>;
}

export interface ReadOptions {
  readonly maxBytes: number;
  readonly atLeastOne: boolean;
  readonly below: number;
}

/** Batches in memory. They stay until `release`, which must be called once. */
export interface LogSlice {
  readonly parts: readonly Uint8Array[];
  readonly sizeBytes: number;
  release(): void;
}

export interface TimestampedOffset {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

/** Header facts of a batch, enough to rebuild what is known of its producer. */
export interface BatchFacts {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly attributes: number;
}

export interface RecoveredProducers {
  readonly producers: Uint8Array;
  readonly producersThrough: number;
  readonly tail: readonly BatchFacts[];
}

/** What a log needs from the partition that owns it. */
export interface LogOwner {
  /** The high watermark has moved: waiting fetches may go on. */
  advanced(): void;
  /** Appends that were not durable are gone; endOffset is the high watermark again. What was derived from them is to be derived anew from `recovered`. */
  rolledBack(): void;
  /**
   * Producer state of batches that lie wholly below `through`; empty when there is none. Kept in the catalog for `recovered`. Of
   * aborted transactions that ended below `cleanedThrough` no records are left, so nobody needs to be told of them.
   */
  producers(through: number, cleanedThrough?: number): Uint8Array;
  /** The log was compacted through that offset, durably. */
  cleaned(through: number): void;
}

export interface LogStore {
  /** Opens or creates a partition's log; reads a catalog row, no records. One owner at a time. */
  open(partition: PartitionId, owner: LogOwner): Promise<Log>;
  /** Undefined when that many bytes may be appended now; else a promise for when, rejecting with StorageError. See GroupCommit.admit. */
  admit(lengthBytes: number): Promise<void> | undefined;
  /** Largest batch that fits a journal group. */
  readonly maxBatchBytes: number;
  /** Deletes the logs of a topic: reads and appends fail from now on, the space is freed behind. */
  drop(topic: TopicId, partitionCount: number): Promise<void>;
  /**
   * Moves log starts forward, durably, past what goes by the rules; the blobs that nothing refers to any more are deleted. Partitions
   * need not be open, and none is opened for good. Does a bounded amount of work: what is `left` is to be asked for again.
   * Rejects with StorageError.
   */
  retain(requests: readonly RetentionRequest[]): Promise<{
    /** The partitions of which something went. */
    readonly retained: readonly Retained[];
    readonly left: readonly RetentionRequest[];
  }>;
  /** How much of what extents hold was compacted, and how much was not. The partition need not be open. */
  dirt(partition: PartitionId, limits?: DirtLimits): Promise<Dirt>;
  /**
   * Compacts an open log: of the records below the order's limits that have a key, the newest of each key stay, with their offsets.
   * One at a time. Rejects with StorageError, CorruptionError, or the signal's reason; what was done until then stays done.
   */
  compact(log: Log, order: CompactionOrder): Promise<Compacted>;
  /** Moves everything that is durable by now from the journal to extents. Takes as long as consolidation fails; rejects when the store closes. */
  consolidate(): Promise<void>;
  /** Figures for metrics. */
  stats(): StorageStats;
  /** Makes everything durable, seals the journal and closes. */
  close(): Promise<void>;
}

export interface RetentionRequest {
  readonly partition: PartitionId;
  readonly rule: RetentionRule;
}

/** A log as compaction sees it: what extents hold, before and after the offset through which it was compacted. */
export interface Dirt {
  readonly cleanedThrough: number;
  readonly cleanBytes: number;
  readonly dirtyBytes: number;
  /** Where extents end; what follows is in the journal. */
  readonly extentsEnd: number;
  readonly journalBytes: number;
  /** The largest timestamp of the journal's first batch; -1 when there is none. */
  readonly journalTimestamp: number;
}

/** Dirt counts as far as compaction may go now; see CompactionOrder. */
export interface DirtLimits {
  readonly below: number;
  readonly olderThanMs?: number;
}

export interface CompactionOrder {
  /** Records at or after this offset stay as they are: they may be part of open transactions. */
  readonly below: number;
  /** So do those from the first batch on that has a timestamp as new as this. */
  readonly olderThanMs?: number;
  readonly nowMs: number;
  /** For how long a tombstone stays after its first compaction, and a transaction's marker after its last record is gone (KIP-534). */
  readonly deleteRetentionMs: number;
  /** Memory for keys. When there are more, less of the log is compacted at once. */
  readonly keyBytes: number;
  /** Read and written together; absent: as fast as it goes. */
  readonly maxBytesPerSecond?: number;
  /** Transactions that were aborted: their records go. */
  readonly aborted: readonly AbortedRange[];
  readonly signal?: AbortSignal;
}

/** The batches of a producer from `firstOffset` through its marker at `lastOffset`. */
export interface AbortedRange {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export interface Compacted {
  readonly cleanedThrough: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** What went. */
  readonly removedRecords: number;
  readonly removedBytes: number;
  readonly elapsedMs: number;
}

export interface Retained {
  readonly partition: PartitionId;
  readonly logStartOffset: number;
  /** What went: bytes of batches, and how far the log start moved. */
  readonly deletedBytes: number;
  readonly deletedOffsets: number;
}

export interface StorageStats {
  readonly journalUsedBytes: number;
  readonly journalCapacityBytes: number;
  readonly journalGroups: number;
  readonly journalWrittenBytes: number;
  readonly slabBytes: number;
  readonly tailReads: number;
  readonly journalReads: number;
  readonly segmentReads: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly consolidationRounds: number;
  /** Written to segments. */
  readonly consolidatedBytes: number;
  /** Journal files that became segments where they lie, and the bytes of batches in them. */
  readonly promotedFiles: number;
  readonly promotedBytes: number;
  /** Merges of segments, and what they wrote. */
  readonly mergeRounds: number;
  readonly mergedBytes: number;
  readonly failures: number;
}
