// A segment that is merged: its runs in order of partition, and its bytes.
import type { PartitionId } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Footer } from "../segments/footer.js";
import type { Run } from "../segments/segment.js";
import { readFooter } from "../segments/segment-footers.js";
import { type SequentialReader, sequentialReader } from "../segments/sequential-reader.js";
import { comparePartitions } from "./compare-partitions.js";

export interface Source {
  readonly id: number;
  readonly reader: SequentialReader;
  /** The partition whose turn it is; undefined when all have been. */
  readonly partition: PartitionId | undefined;
  /** The runs of that partition, by their positions; goes on to the next. */
  next(): ReadonlyMap<number, Run>;
}

/** Reads the segment's footer; `buffer` is for its runs. Rejects with CorruptionError, StorageError or BlobMissing. */
export async function openSource(blobs: BlobStore, segmentId: number, buffer: Uint8Array): Promise<Source> {
  const footer = await readFooter(blobs, segmentId);
  const order = inOrder(footer);
  let turn = 0;
  const partitionAt = (at: number): PartitionId | undefined => {
    const run = order[at];
    return run === undefined ? undefined : footer.partition(run);
  };
  let partition = partitionAt(0);
  return {
    id: segmentId,
    reader: sequentialReader(blobs, segmentId, footer.position, buffer),
    get partition() {
      return partition;
    },
    next() {
      const runs = new Map<number, Run>();
      const mine = partition;
      while (mine && partition && comparePartitions(partition, mine) === 0) {
        const run = footer.run(order[turn] as number);
        const [first] = run.chunks;
        if (first) runs.set(first.position, run);
        partition = partitionAt(++turn);
      }
      return runs;
    },
  };
}

/** The footer's runs by partition: as they stand, but in a segment that was a file of the journal. */
function inOrder(footer: Footer): readonly number[] {
  const partitions = Array.from({ length: footer.runCount }, (_, run) => footer.partition(run));
  const order = partitions.map((_, run) => run);
  return order.sort((a, b) => comparePartitions(partitions[a] as PartitionId, partitions[b] as PartitionId) || a - b);
}
