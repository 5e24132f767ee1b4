// The catalog in memory, for tests and simulation. It outlives the brokers that use it, as a disk would.
import { assert, type PartitionId, partitionKey, type TopicId } from "@moldau/std";
import type { Catalog, CatalogCommit, Cleaned, ClusterLog, Extent, ExtentIndex, PartitionChange, PartitionRow } from "./catalog.js";
import { removedBy } from "./contiguity.js";

interface StoredPartition {
  readonly partition: PartitionId;
  readonly row: PartitionRow;
  /** In offset order. */
  readonly extents: readonly Extent[];
  readonly cleaned: Cleaned | undefined;
}

export function memoryCatalog(): Catalog {
  return { extents: memoryExtents(), clusterLog: memoryClusterLog(), close: async () => {} };
}

function memoryExtents(): ExtentIndex {
  const partitions = new Map<string, StoredPartition>();
  const references = new Map<number, number>();
  let consolidatedThrough = 0;
  let lastSegmentId = 0;

  const refer = (segmentId: number, by: 1 | -1) => references.set(segmentId, (references.get(segmentId) ?? 0) + by);
  const forgetUnreferenced = (candidates: readonly Extent[]): readonly number[] => {
    const unreferenced = [...new Set(candidates.map((extent) => extent.segmentId))].filter((id) => references.get(id) === 0);
    for (const id of unreferenced) references.delete(id);
    return unreferenced;
  };

  const commit = ({ changes, consolidatedThrough: through }: CatalogCommit): readonly number[] => {
    assert(new Set(changes.map((change) => partitionKey(change.partition))).size === changes.length, "a commit names a partition twice");
    const planned = changes.map((change) => ({ change, removed: removedBy(change, partitionBefore(partitions, change)) }));
    for (const { change, removed } of planned) {
      for (const extent of removed) refer(extent.segmentId, -1);
      for (const extent of change.added) refer(extent.segmentId, 1);
      partitions.set(partitionKey(change.partition), afterChange(partitions, change));
    }
    if (through !== undefined) consolidatedThrough = through;
    return forgetUnreferenced(planned.flatMap(({ removed }) => removed));
  };

  const drop = (topic: TopicId, partitionCount: number): readonly number[] => {
    const dropped = [...partitions].filter(([, { partition }]) => partition.topicId === topic && partition.index < partitionCount);
    const extents = dropped.flatMap(([, stored]) => stored.extents);
    for (const extent of extents) refer(extent.segmentId, -1);
    for (const [key] of dropped) partitions.delete(key);
    return forgetUnreferenced(extents);
  };

  return {
    consolidatedThrough: async () => consolidatedThrough,
    row: async (partition) => partitions.get(partitionKey(partition))?.row,
    cleaned: async (partition) => partitions.get(partitionKey(partition))?.cleaned,
    find: async (partition, offset, limit) => {
      const { extents = [] } = partitions.get(partitionKey(partition)) ?? {};
      const first = firstEndingAt(extents, offset);
      return extents.slice(first, first + limit);
    },
    commit: async (changes) => commit(changes),
    drop: async (topic, partitionCount) => drop(topic, partitionCount),
    topics: async () => [...new Set([...partitions.values()].map(({ partition }) => partition.topicId))],
    nextSegmentId: () => ++lastSegmentId,
    hasSegment: async (segmentId) => references.has(segmentId),
    references: async (segmentId) => references.get(segmentId) ?? 0,
  };
}

function partitionBefore(partitions: ReadonlyMap<string, StoredPartition>, { partition }: PartitionChange) {
  const { row, extents = [] } = partitions.get(partitionKey(partition)) ?? {};
  return { row, from: (offset: number) => extents.slice(firstEndingAt(extents, offset)) };
}

function afterChange(partitions: ReadonlyMap<string, StoredPartition>, change: PartitionChange): StoredPartition {
  const { extents = [], cleaned } = partitions.get(partitionKey(change.partition)) ?? {};
  const removed = new Set(change.removed);
  const kept = extents.filter((extent) => !removed.has(extent.baseOffset));
  const sorted = [...kept, ...change.added].sort((a, b) => a.baseOffset - b.baseOffset);
  return { partition: change.partition, row: change.row, extents: sorted, cleaned: change.cleaned ?? cleaned };
}

/** Index of the first extent with lastOffset >= offset, by binary search. */
function firstEndingAt(extents: readonly Extent[], offset: number): number {
  let low = 0;
  let high = extents.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((extents[middle]?.lastOffset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function memoryClusterLog(): ClusterLog {
  const events: Uint8Array[] = [];
  let newest: { readonly version: number; readonly snapshot: Uint8Array } | undefined;
  return {
    read: async (after, limit) =>
      events.slice(after, after + limit).map((event, at) => ({ version: after + at + 1, event: event.slice() })),
    append: async (expected, added) => {
      if (expected !== events.length) return "conflict";
      for (const event of added) events.push(event.slice());
      return events.length;
    },
    version: async () => events.length,
    writeSnapshot: async (version, snapshot) => {
      assert(version <= events.length, `a snapshot of version ${version}, the log is at ${events.length}`);
      if (newest === undefined || version >= newest.version) newest = { version, snapshot: snapshot.slice() };
    },
    readSnapshot: async () => newest && { version: newest.version, snapshot: newest.snapshot.slice() },
  };
}
