// What is wrong with what the catalog says: extents that leave holes, and extents whose segment has not what they say.
import { type PartitionId, partitionKey } from "@moldau/std";
import type { Extent } from "../catalog/catalog.js";
import type { Run } from "../segments/segment.js";
import type { PartitionSnapshot } from "./catalog-snapshot.js";
import type { Finding } from "./finding.js";

/** An extent of a segment, and whose it is. */
export interface OwnedExtent {
  readonly partition: PartitionId;
  readonly extent: Extent;
}

/** The extents that refer to each segment. */
export function extentsBySegment(partitions: readonly PartitionSnapshot[]): ReadonlyMap<number, readonly OwnedExtent[]> {
  const bySegment = new Map<number, OwnedExtent[]>();
  for (const { partition, extents } of partitions) {
    for (const extent of extents) {
      const known = bySegment.get(extent.segmentId);
      if (known) known.push({ partition, extent });
      else bySegment.set(extent.segmentId, [{ partition, extent }]);
    }
  }
  return bySegment;
}

/** Extents are contiguous, from at or before the log start to where the row says that they end. */
export function* contiguityFindings(path: string, { partition, row, extents }: PartitionSnapshot): Iterable<Finding> {
  const finding = (firstOffset: number, lastOffset: number, message: string): Finding => ({
    kind: "extent",
    path,
    partition,
    firstOffset,
    lastOffset,
    message,
  });
  const [first] = extents;
  if (!row) {
    if (first)
      yield finding(first.baseOffset, extents.at(-1)?.lastOffset ?? 0, "there are extents, and no row that says where the log begins");
    return;
  }
  if (first && first.baseOffset > row.logStartOffset)
    yield finding(row.logStartOffset, first.baseOffset - 1, "the log begins before its first extent");
  let next = first?.baseOffset ?? row.endOffset;
  for (const { baseOffset, lastOffset } of extents) {
    if (baseOffset > next) yield finding(next, baseOffset - 1, "no extent has these offsets");
    if (baseOffset < next) yield finding(baseOffset, Math.min(next - 1, lastOffset), "more than one extent has these offsets");
    next = lastOffset + 1;
  }
  if (next !== row.endOffset)
    yield finding(
      Math.min(next, row.endOffset),
      Math.max(next, row.endOffset) - 1,
      `extents end at ${next}, the catalog says at ${row.endOffset}`,
    );
}

/** Takes the runs of a segment one by one, and says of the extents of it what no run is. */
export function extentMatcher(path: string, owned: readonly OwnedExtent[]) {
  const open = new Map(owned.map((one) => [runKey(one.partition, one.extent.position), one]));
  return {
    *see(run: Run): Iterable<Finding> {
      const first = run.chunks[0];
      const key = runKey(run.partition, first?.position ?? 0);
      const one = open.get(key);
      if (!one) return;
      open.delete(key);
      const fault = first && faultIn(one.extent, run);
      if (fault !== undefined) yield mismatch(path, one, fault);
    },
    *rest(): Iterable<Finding> {
      for (const one of open.values()) yield mismatch(path, one, "the segment has no such run");
    },
  };
}

const runKey = (partition: PartitionId, position: number) => `${partitionKey(partition)}@${position}`;

function mismatch(path: string, { partition, extent }: OwnedExtent, message: string): Finding {
  const { position, baseOffset: firstOffset, lastOffset } = extent;
  return { kind: "extent", path, position, partition, firstOffset, lastOffset, message };
}

function faultIn(extent: Extent, { chunks }: Run): string | undefined {
  const [first] = chunks;
  const last = chunks.at(-1);
  const lengthBytes = chunks.reduce((sum, chunk) => sum + chunk.lengthBytes, 0);
  // An extent may stand for more than its run has: for what was compacted away.
  if (!first || !last || first.baseOffset < extent.baseOffset || last.lastOffset > extent.lastOffset)
    return `the segment has offsets ${first?.baseOffset} to ${last?.lastOffset} here`;
  if (extent.chunkCount !== chunks.length || extent.lengthBytes !== lengthBytes)
    return `the segment has ${chunks.length} chunks of ${lengthBytes} bytes here, the catalog says ${extent.chunkCount} of ${extent.lengthBytes}`;
  return extent.chunkCount === 1 && extent.crc !== first.crc ? "segment and catalog differ about the checksum" : undefined;
}
