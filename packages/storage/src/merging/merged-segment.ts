// Writes one segment of a merge: the planned partitions' stretches, copied chunk by chunk and verified on the way. No batch is looked
// at. Between partitions the segment may end, so neighbours in it are mostly of one topic and go together.
import { crc32c } from "@moldau/std";
import type { BlobParts } from "../blobs/blob-store.js";
import type { Replacement } from "../log/replacement.js";
import { footerWriter } from "../segments/footer.js";
import type { Chunk } from "../segments/segment.js";
import { encodeHead, encodeTrailer, HEAD_BYTES } from "../segments/segment-frame.js";
import type { SequentialReader } from "../segments/sequential-reader.js";
import type { MergePlan, PlannedPartition } from "./merge-plan.js";
import { mergedRun } from "./merged-run.js";

export interface MergedSegment {
  /** For BlobStore.put, once. Throws CorruptionError where a source is damaged. */
  readonly parts: BlobParts;
  /** Of the partitions that were copied so far: what to commit, once the parts were written. */
  replacements(): readonly Replacement[];
}

export interface MergedSegmentOptions {
  readonly segmentId: number;
  /** Takes no more partitions once it has as many bytes; of another topic, a quarter of them. */
  readonly mergedSegmentBytes: number;
  /** Comes between slices of the work. Throws to abandon it. */
  readonly pause: () => Promise<void>;
}

/** Handed on in one go, between two looks at the event loop. */
const SLICE_BYTES = 256 * 1024;
/** Partitions planned between two of them. */
const PARTITIONS_AT_ONCE = 64;
/** Extents that a segment replaces: from so many on it takes no more, for they are in memory until the commit. */
const EXTENTS_MAX = 65_536;

/** Takes partitions from the plan, at least one, until the segment is long enough. There is one. */
export function mergedSegment(plan: MergePlan, { segmentId, mergedSegmentBytes, pause }: MergedSegmentOptions): MergedSegment {
  const replacements: Replacement[] = [];
  const footer = footerWriter();
  let slice: Uint8Array[] = [];
  let sliceBytes = 0;
  let position = HEAD_BYTES;
  let replaced = 0;

  const takeSlice = (): readonly Uint8Array[] => {
    const parts = slice;
    slice = [];
    sliceBytes = 0;
    return parts;
  };

  const isLongEnough = ({ partition }: PlannedPartition): boolean => {
    const last = replacements.at(-1)?.partition;
    if (!last) return false;
    const enough = partition.topicId === last.topicId ? mergedSegmentBytes : mergedSegmentBytes / 4;
    return position >= enough || replaced >= EXTENTS_MAX;
  };

  /** Copies a partition's stretches to the slice; yields what to do when the slice was handed on. */
  function* copying({ partition, stretches }: PlannedPartition): Iterable<() => Promise<void>> {
    const added = [];
    for (const pieces of stretches) {
      const run = mergedRun(position);
      for (const { source, chunks } of pieces) {
        for (const chunk of chunks) {
          yield* copyingChunk(source.reader, chunk);
          run.add(chunk);
        }
      }
      footer.add(partition, run.chunks);
      added.push(
        run.extent(
          segmentId,
          pieces.map(({ extent }) => extent),
        ),
      );
      position = run.endPosition;
    }
    const removed = stretches.flatMap((pieces) => pieces.map(({ extent }) => extent));
    replacements.push({ partition, removed, added });
    replaced += removed.length;
    if (sliceBytes >= SLICE_BYTES || replacements.length % PARTITIONS_AT_ONCE === 0) yield pause;
  }

  function* copyingChunk(reader: SequentialReader, chunk: Chunk): Iterable<() => Promise<void>> {
    reader.begin(chunk);
    while (reader.hasMore) {
      const bytes = reader.take();
      // What lies in the reader's memory is handed on before that is filled anew.
      if (!bytes) yield () => pause().then(reader.fill);
      else {
        slice.push(bytes);
        sliceBytes += bytes.length;
      }
    }
    reader.verify();
  }

  async function* parts(): AsyncIterable<readonly Uint8Array[]> {
    yield [encodeHead(segmentId)];
    for (let next = await plan.peek(); next && !isLongEnough(next); next = await plan.peek()) {
      plan.take();
      for (const andThen of copying(next)) {
        yield takeSlice();
        await andThen();
      }
    }
    yield takeSlice();
    const footerParts = footer.parts();
    const lengthBytes = footerParts.reduce((sum, part) => sum + part.length, 0);
    const crc = footerParts.reduce((sum, part) => crc32c(part, sum), 0);
    yield [...footerParts, encodeTrailer(segmentId, { position, lengthBytes, crc, layout: "dense" })];
  }

  return {
    parts: parts(),
    replacements: () => replacements,
  };
}
