// The extent index in LMDB. Reads are answered from mapped memory; commits come one after another, each one transaction.
import type { Timers } from "@moldau/env";
import { assert, type InTurn, type PartitionId, partitionIndex, partitionKey, type TopicId } from "@moldau/std";
import type { CatalogCommit, Extent, ExtentIndex, PartitionRow } from "../catalog.js";
import { removedBy } from "../contiguity.js";
import * as keys from "./keys.js";
import type { LmdbTree, RowWrite } from "./lmdb-tree.js";
import { decodeExtent, decodeNumber, decodePartitionRow, encodeExtent, encodeNumber, encodePartitionRow } from "./rows.js";
import { openSegmentIds } from "./segment-ids.js";

const CONSOLIDATED_KEY = keys.settingKey("consolidated-through");
/** Partitions looked at between two looks at the event loop. */
const PARTITIONS_AT_ONCE = 256;

export interface ExtentsPorts {
  readonly tree: LmdbTree;
  readonly timers: Pick<Timers, "yield">;
  /** Shared by all who write to the tree: what a transaction was decided on is still so when it is written. */
  readonly writing: InTurn;
}

export async function lmdbExtents({ tree, timers, writing }: ExtentsPorts): Promise<ExtentIndex> {
  const nextSegmentId = await openSegmentIds(tree);

  const rowOf = (partition: PartitionId): PartitionRow | undefined => {
    const content = tree.get(keys.partitionRowKey(partition));
    return content && decodePartitionRow(content);
  };
  function* extentsFrom(partition: PartitionId, offset: number, limit?: number): Iterable<Extent> {
    for (const { key, content } of tree.range(keys.extentKey(partition, offset), keys.extentsEnd(partition), limit)) {
      yield decodeExtent(content, keys.lastOffsetOf(key));
    }
  }

  const commit = async ({ changes, consolidatedThrough }: CatalogCommit): Promise<readonly number[]> => {
    assert(new Set(changes.map(({ partition }) => partitionKey(partition))).size === changes.length, "a commit names a partition twice");
    const writes: RowWrite[] = [];
    const references = referenceChanges();
    for (const [index, change] of changes.entries()) {
      if (index % PARTITIONS_AT_ONCE === PARTITIONS_AT_ONCE - 1) await timers.yield();
      const { partition, row, added } = change;
      const removed = removedBy(change, { row: rowOf(partition), from: (offset) => extentsFrom(partition, offset) });
      for (const { lastOffset, segmentId } of removed) {
        references.change(segmentId, -1);
        writes.push({ key: keys.extentKey(partition, lastOffset), value: undefined });
      }
      for (const extent of added) {
        references.change(extent.segmentId, 1);
        writes.push({ key: keys.extentKey(partition, extent.lastOffset), value: encodeExtent(extent) });
      }
      writes.push({ key: keys.partitionRowKey(partition), value: encodePartitionRow(row) });
      if (change.cleaned) writes.push({ key: keys.cleanedKey(partition), value: encodeNumber(change.cleaned.through) });
    }
    if (consolidatedThrough !== undefined) writes.push({ key: CONSOLIDATED_KEY, value: encodeNumber(consolidatedThrough) });
    const unreferenced = references.settle(tree, writes);
    await tree.write(writes);
    return unreferenced;
  };

  const drop = async (topic: TopicId, partitionCount: number): Promise<readonly number[]> => {
    const writes: RowWrite[] = [];
    const references = referenceChanges();
    const first = keys.partitionRowKey({ topicId: topic, index: partitionIndex(0) });
    const indexes = Array.from(tree.keys(first, keys.topicRowsAfter(topic)), keys.partitionIndexOf).filter(
      (index) => index < partitionCount,
    );
    for (const [done, index] of indexes.entries()) {
      if (done % PARTITIONS_AT_ONCE === PARTITIONS_AT_ONCE - 1) await timers.yield();
      const partition = { topicId: topic, index: partitionIndex(index) };
      writes.push({ key: keys.partitionRowKey(partition), value: undefined }, { key: keys.cleanedKey(partition), value: undefined });
      for (const { segmentId, lastOffset } of extentsFrom(partition, 0)) {
        references.change(segmentId, -1);
        writes.push({ key: keys.extentKey(partition, lastOffset), value: undefined });
      }
    }
    const unreferenced = references.settle(tree, writes);
    await tree.write(writes);
    return unreferenced;
  };

  return {
    async consolidatedThrough() {
      const content = tree.get(CONSOLIDATED_KEY);
      return content === undefined ? 0 : decodeNumber(content);
    },
    row: async (partition) => rowOf(partition),
    async cleaned(partition) {
      const content = tree.get(keys.cleanedKey(partition));
      return content && { through: decodeNumber(content) };
    },
    find: async (partition, offset, limit) => [...extentsFrom(partition, offset, limit)],
    commit: (changes) => writing(() => commit(changes)),
    drop: (topic, partitionCount) => writing(() => drop(topic, partitionCount)),
    topics: async () => topicsIn(tree),
    nextSegmentId,
    hasSegment: async (segmentId) => tree.get(keys.segmentKeyOf(segmentId)) !== undefined,
    references: async (segmentId) => referencesTo(tree, segmentId),
  };
}

/** Seeks from topic to topic, over the partitions between. */
function topicsIn(tree: LmdbTree): readonly TopicId[] {
  const topics: TopicId[] = [];
  for (;;) {
    const [first] = tree.keys(keys.topicRowsAfter(topics.at(-1)), keys.TOPIC_ROWS_END, 1);
    if (first === undefined) return topics;
    topics.push(keys.topicOf(first));
  }
}

function referencesTo(tree: LmdbTree, segmentId: number): number {
  const content = tree.get(keys.segmentKeyOf(segmentId));
  return content === undefined ? 0 : decodeNumber(content);
}

/** How a transaction changes the number of extents that refer to each segment. */
function referenceChanges() {
  const changes = new Map<number, number>();
  return {
    change(segmentId: number, by: 1 | -1) {
      changes.set(segmentId, (changes.get(segmentId) ?? 0) + by);
    },
    /** Adds the new counts to the transaction's writes; gives the segments that nothing refers to any more. */
    settle(tree: LmdbTree, writes: RowWrite[]): readonly number[] {
      const unreferenced: number[] = [];
      for (const [segmentId, change] of changes) {
        const key = keys.segmentKeyOf(segmentId);
        const count = referencesTo(tree, segmentId) + change;
        assert(count >= 0, `segment ${segmentId} has fewer references than extents`);
        if (count === 0) unreferenced.push(segmentId);
        if (change !== 0) writes.push({ key, value: count === 0 ? undefined : encodeNumber(count) });
      }
      return unreferenced;
    },
  };
}
