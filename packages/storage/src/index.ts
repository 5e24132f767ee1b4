export { type BlobInfo, BlobMissing, type BlobParts, type BlobStore } from "./blobs/blob-store.js";
export { type DirectoryBlobsOptions, directoryBlobs } from "./blobs/directory-blobs.js";
export { memoryBlobs } from "./blobs/memory-blobs.js";
export type {
  Catalog,
  CatalogCommit,
  Cleaned,
  ClusterLog,
  Extent,
  ExtentIndex,
  PartitionChange,
  PartitionRow,
  Version,
} from "./catalog/catalog.js";
export { type LmdbCatalogOptions, lmdbCatalog } from "./catalog/lmdb/lmdb-catalog.js";
export { memoryCatalog } from "./catalog/memory-catalog.js";
export { localMedium, type Medium, memoryMedium } from "./directory/medium.js";
export {
  type DataDirectory,
  type DirectoryLimits,
  type DirectoryOptions,
  openDirectory,
  type StoreOptions,
} from "./directory/open-directory.js";
export { CorruptionError, DirectoryRefused, StorageError } from "./errors.js";
export type { Failing, Report, StorageEvent } from "./events.js";
export {
  type DescribedSegment,
  describedSegments,
  type StoredPartition,
  storedPartitions,
} from "./inspect/described-logs.js";
export { type Finding, type FindingKind, isDamage } from "./inspect/finding.js";
export { journalFindings } from "./inspect/journal-findings.js";
export type { JournalSurvey, Progress, SurveyedFile, SurveyedGroup } from "./inspect/journal-survey.js";
export { type LogFile, openLogFile } from "./inspect/log-file.js";
export { type LogsOnDisk, openLogs } from "./inspect/logs-on-disk.js";
export {
  batchFindings,
  extentBatches,
  fileBatches,
  type StoredBatch,
  type StoredItem,
  segmentBatches,
  tailBatches,
} from "./inspect/stored-batches.js";
export type { PartitionTail } from "./inspect/tail-index.js";
export { segmentFindings, type VerifyOptions, verifyLogs } from "./inspect/verify-logs.js";
export { type GroupCommitOptions, groupCommit } from "./journal/commit-pipeline.js";
export type { CommittedGroup, GroupCommit, GroupListener, JournalEntry, PendingGroup, Slab } from "./journal/group-commit.js";
export { decodeGroup } from "./journal/group-entries.js";
export type { GroupLocation, GroupSequence, Journal, ReplayedGroup } from "./journal/journal.js";
export { type RingJournal, type RingJournalOptions, ringJournal } from "./journal/ring-journal.js";
export { type SlabPool, type SlabPoolOptions, slabPool } from "./journal/slab-pool.js";
export type {
  AbortedRange,
  BatchFacts,
  Compacted,
  CompactionOrder,
  Dirt,
  DirtLimits,
  Log,
  LogOwner,
  LogSlice,
  LogStore,
  ReadOptions,
  RecoveredProducers,
  Retained,
  RetentionRequest,
  StorageStats,
  TimestampedOffset,
} from "./log/log.js";
export type { RetentionRule } from "./retention/rule.js";
export { type CachedChunk, type ChunkCache, chunkCache } from "./segments/chunk-cache.js";
export { CHUNK_BYTES, type Chunk, type Run, segmentKey } from "./segments/segment.js";
export {
  type SegmentReader,
  type SegmentReaderOptions,
  type SegmentReaderStats,
  type SegmentReadOptions,
  type SegmentSlice,
  segmentReader,
} from "./segments/segment-reader.js";
export { type RunSource, type SegmentBatch, type SegmentParts, segmentParts, type WrittenRun } from "./segments/segment-writer.js";
export { verifySegment } from "./segments/verify-segment.js";
