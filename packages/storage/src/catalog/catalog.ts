// The catalog ports: who owns what and where the bytes are (DESIGN §6). Everything here is durable when a promise resolves.
import type { PartitionId, TopicId } from "@moldau/std";

/** "Partition P, offsets [baseOffset, lastOffset], is at these bytes of that segment." */
export interface Extent {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly segmentId: number;
  /** First byte of the partition's run in the segment, and its length. */
  readonly position: number;
  readonly lengthBytes: number;
  /** How many chunks the run has; one chunk needs no look at the segment's footer. */
  readonly chunkCount: number;
  /** CRC-32C of the run when it is one chunk; else 0, and the footer has each chunk's. */
  readonly crc: number;
  readonly maxTimestamp: number;
  readonly recordCount: number;
}

/** What the catalog knows of a partition besides its extents. */
export interface PartitionRow {
  readonly logStartOffset: number;
  /** One past the last offset in extents: where the journal takes over. */
  readonly endOffset: number;
  /** Bytes in live extents. */
  readonly sizeBytes: number;
  /** Where each leader epoch began, oldest first (KIP-101). */
  readonly epochs: readonly { readonly epoch: number; readonly startOffset: number }[];
  /** Producer state through endOffset, opaque to storage; empty when there is none. */
  readonly producers: Uint8Array;
}

/** How far a partition's extents were compacted. */
export interface Cleaned {
  /** Of the records below, only the newest of each key are left. */
  readonly through: number;
}

/** Changes to one partition, part of an atomic commit. */
export interface PartitionChange {
  readonly partition: PartitionId;
  readonly row: PartitionRow;
  readonly added: readonly Extent[];
  /** Base offsets of extents that go. */
  readonly removed: readonly number[];
  /** Absent: unchanged. */
  readonly cleaned?: Cleaned;
}

export interface CatalogCommit {
  readonly changes: readonly PartitionChange[];
  /** Journal groups through this one are now in extents; absent: unchanged. */
  readonly consolidatedThrough?: number;
}

export interface ExtentIndex {
  /** The journal group through which everything is in extents: where replay starts. 0 when fresh. */
  consolidatedThrough(): Promise<number>;
  row(partition: PartitionId): Promise<PartitionRow | undefined>;
  /** Undefined when it was never compacted. */
  cleaned(partition: PartitionId): Promise<Cleaned | undefined>;
  /** Extents with lastOffset >= offset, ascending, at most `limit`. */
  find(partition: PartitionId, offset: number, limit: number): Promise<readonly Extent[]>;
  /**
   * All or nothing. Refuses (throws AssertionError) added extents that leave a hole or overlap. Returns the segments that no
   * extent refers to any more: the caller deletes their blobs.
   */
  commit(commit: CatalogCommit): Promise<readonly number[]>;
  /** Forgets partitions of a deleted topic (Infinity: however many there are); returns the segments that no extent refers to any more. */
  drop(topic: TopicId, partitionCount: number): Promise<readonly number[]>;
  /** Topics that have rows: to sweep what a crash left of deleted ones. */
  topics(): Promise<readonly TopicId[]>;
  /** A number never given before, even across crashes: a segment's id. */
  nextSegmentId(): number;
  /** Segments referred to, to find orphaned blobs. */
  hasSegment(segmentId: number): Promise<boolean>;
  /** How many extents refer to the segment. */
  references(segmentId: number): Promise<number>;
}

/** How many events the cluster log holds: grows by one with each. */
export type Version = number;

/** The ordered list of metadata changes. Events are opaque bytes here; `metadata` gives them meaning. */
export interface ClusterLog {
  /** Events after `after`, oldest first, at most `limit`. */
  read(after: Version, limit: number): Promise<readonly { readonly version: Version; readonly event: Uint8Array }[]>;
  /** Appends all events if the log's version is `expected`, and says the new version; else "conflict": fold and decide again. */
  append(expected: Version, events: readonly Uint8Array[]): Promise<Version | "conflict">;
  version(): Promise<Version>;
  /** A snapshot of the fold through `version`, replacing older ones, so that starting does not read every event ever. */
  writeSnapshot(version: Version, snapshot: Uint8Array): Promise<void>;
  readSnapshot(): Promise<{ readonly version: Version; readonly snapshot: Uint8Array } | undefined>;
}

/** Both ports over one durable store. */
export interface Catalog {
  readonly extents: ExtentIndex;
  readonly clusterLog: ClusterLog;
  close(): Promise<void>;
}
