// What a merge copies, partition by partition: of the runs that its sources hold, those that extents still refer to, in stretches.
//
//   extents of P    s1 │ s2 │ s3 │ s9 │ s4 │ s5        the sources are s1 to s5
//   stretches       └── one ─┘         └─ two ┘       s9 stays, and what lies on both sides of it stays apart
//
// A stretch becomes one run. It ends where an extent of another segment lies between, for extents do not overlap, and where its
// records would be more than a week older than the newest: an extent goes as a whole, when its newest record is old enough.
import type { PartitionId } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Extent, ExtentIndex } from "../catalog/catalog.js";
import { CorruptionError } from "../errors.js";
import { type Chunk, type Run, segmentKey } from "../segments/segment.js";
import { comparePartitions } from "./compare-partitions.js";
import type { Source } from "./source.js";

/** An extent in one of the sources. */
export interface Piece {
  readonly source: Source;
  readonly extent: Extent;
  readonly chunks: readonly Chunk[];
}

export interface PlannedPartition {
  readonly partition: PartitionId;
  /** In offset order; at least one, of at least one piece each. */
  readonly stretches: readonly (readonly Piece[])[];
}

export interface MergePlan {
  /** The partition that comes next; undefined at the end. */
  peek(): Promise<PlannedPartition | undefined>;
  /** The one that was peeked at is done with. */
  take(): void;
}

/** Extents looked up at once. */
const PAGE = 64;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export function mergePlan(extents: ExtentIndex, blobs: BlobStore, sources: readonly Source[]): MergePlan {
  let next: PlannedPartition | undefined;

  /** The first partition that a source still has. */
  const firstPartition = (): PartitionId | undefined => {
    let first: PartitionId | undefined;
    for (const { partition } of sources) if (partition && (!first || comparePartitions(partition, first) < 0)) first = partition;
    return first;
  };

  const planned = async (partition: PartitionId): Promise<PlannedPartition> => {
    const held = new Map<number, { readonly source: Source; readonly runs: ReadonlyMap<number, Run> }>();
    let from = Number.POSITIVE_INFINITY;
    let through = 0;
    for (const source of sources) {
      if (!source.partition || comparePartitions(source.partition, partition) !== 0) continue;
      const runs = source.next();
      held.set(source.id, { source, runs });
      for (const { chunks } of runs.values()) {
        from = Math.min(from, chunks[0]?.baseOffset ?? from);
        through = Math.max(through, chunks.at(-1)?.lastOffset ?? 0);
      }
    }
    const stretches = stretching();
    while (from <= through) {
      const page = await extents.find(partition, from, PAGE);
      for (const extent of page) {
        if (extent.baseOffset > through) break;
        const of = held.get(extent.segmentId);
        const run = of?.runs.get(extent.position);
        if (of && run?.chunks.length === extent.chunkCount) stretches.add({ source: of.source, extent, chunks: run.chunks });
        else if (of) throw unlike(blobs, extent);
        else stretches.end();
      }
      from = (page.at(-1)?.lastOffset ?? through) + 1;
    }
    return { partition, stretches: stretches.all };
  };

  return {
    async peek() {
      for (let partition = firstPartition(); !next && partition; partition = firstPartition()) {
        const one = await planned(partition);
        if (one.stretches.length > 0) next = one;
      }
      return next;
    },
    take() {
      next = undefined;
    },
  };
}

function stretching() {
  const all: Piece[][] = [];
  let open: Piece[] | undefined;
  let oldest = 0;
  return {
    all,
    add(piece: Piece) {
      const { maxTimestamp } = piece.extent;
      if (!open || Math.abs(maxTimestamp - oldest) > WEEK_MS) {
        open = [];
        all.push(open);
        oldest = maxTimestamp;
      }
      open.push(piece);
    },
    end() {
      open = undefined;
    },
  };
}

const unlike = (blobs: BlobStore, { segmentId, position }: Extent): CorruptionError =>
  new CorruptionError(blobs.location(segmentKey(segmentId)), position, "the footer lists no such run as the catalog does");
