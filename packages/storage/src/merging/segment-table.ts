// The segments that merging may want: those with small runs, and those of several runs, which may outlive most of what they hold.
//
// Small segments are told apart by the average length of their runs and by their own length, both in powers of eight. Where enough of
// one kind hold the same partitions, they are merged: what comes of it is of a larger kind, so a byte is copied once per power of
// eight, and of each kind only a few hold the same partition.
import type { PartitionId } from "@moldau/std";
import type { Extent } from "../catalog/catalog.js";
import { comparePartitions } from "./compare-partitions.js";

/** A segment as it was written. */
export interface KnownSegment {
  readonly id: number;
  readonly runs: number;
  /** Of its runs. */
  readonly sizeBytes: number;
  /** The partitions it holds lie between these, inclusive. */
  readonly first: PartitionId;
  readonly last: PartitionId;
}

export interface MergeLimits {
  /** Runs this long on average are not merged any more. */
  readonly mergedRunBytes: number;
  /** How many segments of a kind make a merge. */
  readonly mergeWidth: number;
}

export interface SegmentTable {
  add(segment: KnownSegment): void;
  forget(segmentIds: readonly number[]): void;
  has(segmentId: number): boolean;
  /** The segments of one kind to merge next, oldest first; empty when there are not enough. */
  ofOneKind(): readonly KnownSegment[];
  /** All that have several runs. */
  shared(): readonly KnownSegment[];
  readonly count: number;
}

/** So many times `mergeWidth` are merged at once, when there are as many, while they have no more bytes than this. */
const WIDTHS_AT_ONCE = 4;
const BYTES_AT_ONCE = 1024 * 1024 * 1024;

export function segmentTable(limits: MergeLimits): SegmentTable {
  const segments = new Map<number, KnownSegment>();
  const isSmall = ({ sizeBytes, runs }: KnownSegment) => sizeBytes < limits.mergedRunBytes * runs;
  return {
    add(segment) {
      if (segment.runs > 1 || isSmall(segment)) segments.set(segment.id, segment);
    },
    forget(segmentIds) {
      for (const id of segmentIds) segments.delete(id);
    },
    has: (segmentId) => segments.has(segmentId),
    ofOneKind() {
      for (const kind of kindsOf([...segments.values()].filter(isSmall))) {
        const chosen = chosenOf(kind, limits);
        if (chosen.length > 0) return chosen;
      }
      return [];
    },
    shared: () => [...segments.values()].filter(({ runs }) => runs > 1),
    get count() {
      return segments.size;
    },
  };
}

const power = (bytes: number): number => Math.floor(Math.log2(Math.max(bytes, 1)) / 3);

/** By kind, the smallest first. */
function kindsOf(segments: readonly KnownSegment[]): readonly (readonly KnownSegment[])[] {
  const kinds = new Map<number, KnownSegment[]>();
  for (const segment of segments) {
    const kind = power(segment.sizeBytes / segment.runs) * 32 + power(segment.sizeBytes);
    const known = kinds.get(kind);
    if (known) known.push(segment);
    else kinds.set(kind, [segment]);
  }
  return [...kinds].sort(([a], [b]) => a - b).map(([, kind]) => kind);
}

function chosenOf(kind: readonly KnownSegment[], { mergeWidth, mergedRunBytes }: MergeLimits): readonly KnownSegment[] {
  if (kind.length < mergeWidth) return [];
  const together = deepest(kind);
  if (together.length >= mergeWidth) return oldest(together, mergeWidth);
  // Many tiny ones are worth it even if they have no partition in common: for the number of blobs.
  const tiny = kind.filter(({ sizeBytes }) => sizeBytes < mergedRunBytes);
  return tiny.length >= mergeWidth * WIDTHS_AT_ONCE ? oldest(tiny, mergeWidth) : [];
}

/** The most of them that may all hold one partition. */
function deepest(kind: readonly KnownSegment[]): readonly KnownSegment[] {
  const starts = [...kind].sort((a, b) => comparePartitions(a.first, b.first));
  const ends = [...kind].sort((a, b) => comparePartitions(a.last, b.last));
  let ended = 0;
  let most = 0;
  let at: PartitionId | undefined;
  for (const [started, { first }] of starts.entries()) {
    while (comparePartitions((ends[ended] as KnownSegment).last, first) < 0) ended++;
    if (started + 1 - ended <= most) continue;
    most = started + 1 - ended;
    at = first;
  }
  const point = at;
  return point === undefined
    ? []
    : kind.filter(({ first, last }) => comparePartitions(first, point) <= 0 && comparePartitions(last, point) >= 0);
}

/** `width` of them, or some times as many. */
function oldest(segments: readonly KnownSegment[], width: number): readonly KnownSegment[] {
  const sorted = [...segments].sort((a, b) => a.id - b.id);
  let sizeBytes = 0;
  const count = sorted.findIndex((segment, index) => {
    sizeBytes += segment.sizeBytes;
    return index >= width && (index >= width * WIDTHS_AT_ONCE || sizeBytes > BYTES_AT_ONCE);
  });
  return count < 0 ? sorted : sorted.slice(0, count);
}

/** The segments that these runs, just written, lie in. */
export function segmentsOf(runs: readonly { readonly partition: PartitionId; readonly extent: Extent }[]): readonly KnownSegment[] {
  const segments = new Map<number, KnownSegment>();
  for (const { partition, extent } of runs) {
    const { segmentId, lengthBytes } = extent;
    const known = segments.get(segmentId) ?? { id: segmentId, runs: 0, sizeBytes: 0, first: partition, last: partition };
    segments.set(segmentId, {
      id: segmentId,
      runs: known.runs + 1,
      sizeBytes: known.sizeBytes + lengthBytes,
      first: comparePartitions(partition, known.first) < 0 ? partition : known.first,
      last: comparePartitions(partition, known.last) > 0 ? partition : known.last,
    });
  }
  return [...segments.values()];
}
