// Group commit: batches of many partitions made durable together by one write. While one group is being written the next one
// fills, so batching needs no timer.
import type { PartitionId } from "@moldau/std";
import type { GroupLocation, GroupSequence } from "./journal.js";

/** A run of memory that direct writes accept, shared by the groups written in it and by the readers of its batches. */
export interface Slab {
  readonly bytes: Uint8Array;
  /** Keeps the bytes from being reused until released as often. */
  retain(): void;
  release(): void;
  /**
   * False once the pool has given the bytes to newer groups, and while readers hold as many other slabs as they may: read the
   * journal instead. Checked before `retain`.
   */
  readonly valid: (generation: number) => boolean;
  /** Changes each time the slab is reused. */
  readonly generation: number;
}

/** One batch as it lies in a group. */
export interface JournalEntry {
  readonly partition: PartitionId;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  readonly maxTimestamp: number;
  readonly recordCount: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** Batch attributes (bits: compression, timestamp type, transactional, control). */
  readonly attributes: number;
  /** Where the batch lies, relative to the group's first byte. */
  readonly position: number;
  readonly lengthBytes: number;
}

/** A group once durable. A seal is one without entries. */
export interface CommittedGroup {
  readonly sequence: GroupSequence;
  readonly location: GroupLocation;
  /** Where the group's first byte lies in memory, while the slab is valid for this generation. */
  readonly slab: Slab;
  readonly slabGeneration: number;
  readonly slabPosition: number;
}

/** What an append waits for. One per group. */
export interface PendingGroup {
  readonly sequence: GroupSequence;
  /** Resolves when the group is durable, after `committed` was called for it; rejects with StorageError when it will never be. */
  readonly durable: Promise<void>;
}

export interface GroupCommit {
  /** The largest batch that `append` takes. */
  readonly maxBatchBytes: number;
  /**
   * Undefined when `lengthBytes` more may be appended at once; else a promise for when (in order of asking), rejecting with
   * StorageError when the journal stays full for longer than the configured patience. Backpressure lives here.
   */
  admit(lengthBytes: number): Promise<void> | undefined;
  /** Copies the batch (61 header bytes and more, already patched) into the open group. Throws StorageError when closed or never admitted. */
  append(partition: PartitionId, batch: Uint8Array): { readonly entry: JournalEntry; readonly group: PendingGroup };
  /** Undefined when everything appended is durable; else resolves when what has been appended so far is, or is lost. */
  quiet(): Promise<void> | undefined;
  /** Resolves when all appended so far is durable; then writes a seal, so that damage to the last group can be told from a torn tail. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Told of each group, in sequence, before its `durable` settles. */
export interface GroupListener {
  committed(group: CommittedGroup, entries: readonly JournalEntry[]): void;
  /** The group and all after it failed and are gone; their entries' offsets will be assigned anew. */
  failed(entries: readonly JournalEntry[], error: Error): void;
}
