// The bounds of a log store. The defaults suit a broker that has a machine to itself; tests take small ones.

export interface StoreLimits {
  /** Bytes in the journal from which on consolidation is due. */
  readonly consolidateBytes: number;
  /** The same in batches, for they may be tiny. */
  readonly consolidateBatches: number;
  /** About what one round takes. It holds as much of the slabs, so this is well below half of them. */
  readonly roundBytes: number;
  readonly roundBatches: number;
  /** The same for groups that memory has let go: a round loads them whole. */
  readonly roundLoadedBytes: number;
  /** From this many bytes on, a partition's part of a round gets a segment of its own. */
  readonly ownSegmentBytes: number;
  /** A segment that partitions share takes no more of them from this size on. */
  readonly sharedSegmentBytes: number;
  /** The part of a journal file that runs of their own must take to make it a segment where it lies: the rest of it is lost space. */
  readonly promotedShare: number;
  /** What a partition's batches side by side must take on average, for they are read as they lie. */
  readonly promotedStretchBytes: number;
  /**
   * Bytes written and not yet in extents beyond which appends wait for consolidation, while it works. Less than the slabs hold, so
   * that rounds find their groups in memory: reading them back would slow consolidation down just when it is behind.
   */
  readonly tailBytes: number;
  /** Batches in the tail beyond which appends wait: each takes memory. */
  readonly tailBatches: number;
  /** Batches, of the tail and warm, beyond which no warm ones are kept. */
  readonly warmBatches: number;
  /** How long an append waits for room before it is refused. */
  readonly patienceMs: number;
  /** Segments whose runs are this long on average are not merged with others any more. */
  readonly mergedRunBytes: number;
  /** How many segments of a kind make a merge. */
  readonly mergeWidth: number;
  /** A merged segment takes no more partitions from this size on. */
  readonly mergedSegmentBytes: number;
  /** How long a merge rests after each 256 KiB while others work. */
  readonly mergeRestMs: number;
  /** About as much of a log is compacted into one segment. */
  readonly compactionGroupBytes: number;
  /** Chunks of segments kept in memory. */
  readonly segmentCacheBytes: number;
  /** Unused memory kept for reads from the journal. */
  readonly readBufferBytes: number;
}

const MIB = 1024 * 1024;

export const defaultLimits: StoreLimits = {
  consolidateBytes: 32 * MIB,
  consolidateBatches: 200_000,
  roundBytes: 64 * MIB,
  roundBatches: 200_000,
  roundLoadedBytes: 16 * MIB,
  ownSegmentBytes: MIB,
  sharedSegmentBytes: 64 * MIB,
  promotedShare: 0.75,
  promotedStretchBytes: 128 * 1024,
  tailBytes: 144 * MIB,
  tailBatches: 600_000,
  warmBatches: 300_000,
  patienceMs: 10_000,
  mergedRunBytes: 8 * MIB,
  mergeWidth: 8,
  mergedSegmentBytes: 128 * MIB,
  mergeRestMs: 20,
  compactionGroupBytes: 64 * MIB,
  segmentCacheBytes: 64 * MIB,
  readBufferBytes: 16 * MIB,
};
