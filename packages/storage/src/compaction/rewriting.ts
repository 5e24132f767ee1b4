// The second half of a pass: neighbouring extents become one segment that has what stays of them, and covers the same offsets.
import {
  batchBaseOffset,
  batches,
  batchLastOffset,
  batchLeaderEpoch,
  batchMaxTimestamp,
  batchRecordCount,
  batchSizeBytes,
  emptyBatch,
} from "@moldau/records";
import { assert } from "@moldau/std";
import type { Extent } from "../catalog/catalog.js";
import type { ExtentChunk } from "../segments/extent-chunks.js";
import type { OffsetRange } from "../segments/run-chunks.js";
import { segmentKey } from "../segments/segment.js";
import { type SegmentBatch, segmentParts } from "../segments/segment-writer.js";
import type { Fate, Judge } from "./fate.js";
import { chunksIn, damageAt, type Pass, RECORDS_AT_ONCE } from "./pass.js";

/** Extents of which nothing goes stay as they are, unless they are so many: then they become one. */
const EXTENTS_APART_MAX = 16;
const BATCH_SPAN_MAX = 2 ** 31 - 1;
/** Batches handed on at once. */
const BATCHES_AT_ONCE = 256;

/** What one group came to. */
export interface Rewritten {
  /** What replaces the group's extents; absent: they stay. */
  readonly extent?: Extent;
  readonly removedRecords: number;
}

interface Outcome {
  /** The first change. */
  readonly from: number;
  removedRecords: number;
}

/** Compacts a group, which is at least one extent. Writes a segment if need be, and commits nothing. */
export async function rewrite(pass: Pass, judge: Judge, group: readonly Extent[]): Promise<Rewritten> {
  const from = await firstChange(pass, judge, group);
  if (from === undefined && group.length <= EXTENTS_APART_MAX) return { removedRecords: 0 };
  const { extents, blobs, figures } = pass;
  const outcome: Outcome = { from: from ?? Number.POSITIVE_INFINITY, removedRecords: 0 };
  const segmentId = extents.nextSegmentId();
  const left = whatStays(pass, judge, group, outcome);
  const { parts, runs } = segmentParts(segmentId, [{ partition: pass.log.partition, covers: spanOf(group), batches: left }]);
  try {
    await blobs.put(segmentKey(segmentId), parts);
  } catch (error) {
    // What stays all the same is swept at the next start.
    await blobs.delete([segmentKey(segmentId)]).catch(() => {});
    throw error;
  }
  const [run] = runs();
  assert(run, "a group becomes a run");
  figures.writtenBytes += run.extent.lengthBytes;
  return { extent: run.extent, removedRecords: outcome.removedRecords };
}

const spanOf = (group: readonly Extent[]): OffsetRange => {
  const [first] = group;
  const last = group.at(-1);
  assert(first && last, "a group has an extent");
  return { baseOffset: first.baseOffset, lastOffset: last.lastOffset };
};

/** The first batch of which something goes. Where nothing does, nothing needs to be written. */
async function firstChange(pass: Pass, judge: Judge, group: readonly Extent[]): Promise<number | undefined> {
  for await (const chunk of chunksIn(pass, group)) {
    for (const at of batches(chunk.bytes)) {
      const { kind } = await fateOf(pass, judge, chunk, at);
      if (kind === "goes" || kind === "changes") return batchBaseOffset(chunk.bytes, at);
    }
  }
  return undefined;
}

/** The fate of a batch, found in slices. */
async function fateOf(pass: Pass, judge: Judge, chunk: ExtentChunk, at: number): Promise<Fate> {
  const { pace } = pass;
  try {
    const judged = judge.judge(chunk.bytes, at);
    if (pace.isDue()) await pace.turn();
    if (!("look" in judged)) return judged;
    while (!judged.look(RECORDS_AT_ONCE)) if (pace.isDue()) await pace.turn();
    return judged.fate();
  } catch (error) {
    throw damageAt(pass, chunk, at, error);
  }
}

/** The batches that are left of a group, some at a time. When there are none, one without records stands for all of it. */
async function* whatStays(pass: Pass, judge: Judge, group: readonly Extent[], outcome: Outcome): AsyncIterable<readonly SegmentBatch[]> {
  let leaderEpoch = 0;
  let isEmpty = true;
  for await (const chunk of chunksIn(pass, group)) {
    let some: SegmentBatch[] = [];
    for (const at of batches(chunk.bytes)) {
      leaderEpoch = batchLeaderEpoch(chunk.bytes, at);
      const left = await whatIsLeft(pass, judge, chunk, at, outcome);
      if (left) some.push(batchFacts(left));
      if (some.length < BATCHES_AT_ONCE) continue;
      yield some;
      isEmpty = false;
      some = [];
    }
    if (some.length === 0) continue;
    // Before the next chunk is asked for: these lie in this one's memory.
    yield some;
    isEmpty = false;
  }
  if (isEmpty) yield [batchFacts(standIn(spanOf(group), leaderEpoch))];
}

/** What is left where nothing is. A batch can span so many offsets; the extent covers what is before them. */
function standIn({ baseOffset, lastOffset }: OffsetRange, leaderEpoch: number): Uint8Array {
  return emptyBatch({ baseOffset: Math.max(baseOffset, lastOffset - BATCH_SPAN_MAX), lastOffset, leaderEpoch });
}

/**
 * Batches before the first change stay as they are and are not judged: they were. The one of the change is judged once more, which gives
 * the same again.
 */
async function whatIsLeft(pass: Pass, judge: Judge, chunk: ExtentChunk, at: number, outcome: Outcome): Promise<Uint8Array | undefined> {
  const { bytes } = chunk;
  const records = batchRecordCount(bytes, at);
  if (records === 0) return undefined;
  const judged = batchBaseOffset(bytes, at) >= outcome.from;
  const fate: Fate = judged ? await fateOf(pass, judge, chunk, at) : { kind: "stays", records };
  outcome.removedRecords += records - fate.records;
  if (fate.kind === "changes") return fate.batch;
  return fate.kind === "stays" ? bytes.subarray(at, at + batchSizeBytes(bytes, at)) : undefined;
}

const batchFacts = (bytes: Uint8Array): SegmentBatch => ({
  bytes,
  baseOffset: batchBaseOffset(bytes, 0),
  lastOffset: batchLastOffset(bytes, 0),
  maxTimestamp: batchMaxTimestamp(bytes, 0),
  recordCount: batchRecordCount(bytes, 0),
});
