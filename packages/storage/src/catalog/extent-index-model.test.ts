// Random commits, right and wrong ones, against a model that looks at everything each time.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk, systemTimers } from "@moldau/env";
import { AssertionError, type PartitionId, partitionIndex, topicId } from "@moldau/std";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog, Extent, PartitionChange, PartitionRow } from "./catalog.js";
import { extentOf, rowOf } from "./catalog-samples.js";
import { lmdbCatalog } from "./lmdb/lmdb-catalog.js";
import { memoryCatalog } from "./memory-catalog.js";

const PARTITIONS = 3;
const SEGMENTS = 6;
const TOPIC = topicId("TW9kZWxzIGFyZSBoZXJlMQ");
const partitionOf = (index: number): PartitionId => ({ topicId: TOPIC, index: partitionIndex(index) });

/** What happens next, as numbers to be fitted to the state: most fit, some do not. */
const step = fc.record({
  partition: fc.nat(PARTITIONS - 1),
  /** Which extents go, by index from the first: from, how many. */
  removedFrom: fc.nat(4),
  removedCount: fc.oneof(fc.constant(0), fc.nat(4)),
  /** What comes instead: how many extents cover the removed offsets and how far beyond the end they go. */
  addedCount: fc.nat(3),
  beyond: fc.oneof(fc.constant(0), fc.nat(20)),
  segment: fc.integer({ min: 1, max: SEGMENTS }),
  logStartForward: fc.oneof(fc.constant(0), fc.nat(15)),
  /** Small mistakes, mostly none. */
  slip: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) }),
  slipAt: fc.constantFrom("base", "last", "end", "logStart", "removed"),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface ModelPartition {
  row: PartitionRow | undefined;
  extents: readonly Extent[];
}

function changeFor({ row, extents }: ModelPartition, of: Step): PartitionChange {
  const removed = extents.slice(of.removedFrom, of.removedFrom + of.removedCount);
  const end = row?.endOffset ?? 0;
  const atEnd = removed.length === 0 || removed.at(-1) === extents.at(-1);
  const from = removed[0]?.baseOffset ?? end;
  const to = (removed.at(-1)?.lastOffset ?? end - 1) + 1 + (atEnd ? of.beyond : 0);
  const added = split(from, to, of.addedCount, of.segment);
  const slips = (at: Step["slipAt"]) => (of.slipAt === at ? of.slip : 0);
  return {
    partition: partitionOf(of.partition),
    row: rowOf({
      logStartOffset: (row?.logStartOffset ?? 0) + of.logStartForward + slips("logStart"),
      endOffset: (atEnd && added.length > 0 ? to : end) + slips("end"),
    }),
    added: added.map((extent, i) => ({
      ...extent,
      baseOffset: extent.baseOffset + (i === 0 ? slips("base") : 0),
      lastOffset: extent.lastOffset + (i === 0 ? slips("last") : 0),
    })),
    removed: removed.map((extent, i) => extent.baseOffset + (i === 0 ? slips("removed") : 0)),
  };
}

function split(from: number, to: number, count: number, segmentId: number): Extent[] {
  const parts = Math.min(count, Math.max(0, to - from));
  return Array.from({ length: parts }, (_, i) => {
    const base = from + Math.floor(((to - from) * i) / parts);
    return extentOf(base, from + Math.floor(((to - from) * (i + 1)) / parts) - 1, segmentId);
  });
}

/** The partition after the change, or undefined when the rules forbid it. */
function modelled(before: ModelPartition, { row, added, removed }: PartitionChange): ModelPartition | undefined {
  if (added.some(({ baseOffset }) => baseOffset < 0)) return undefined;
  if (!removed.every((base) => before.extents.some((extent) => extent.baseOffset === base))) return undefined;
  if (row.logStartOffset < (before.row?.logStartOffset ?? 0)) return undefined;
  const extents = [...before.extents.filter((extent) => !removed.includes(extent.baseOffset)), ...added].sort(
    (a, b) => a.baseOffset - b.baseOffset,
  );
  if (
    extents.some(
      (extent, i) => extent.lastOffset < extent.baseOffset || (i > 0 && extent.baseOffset !== (extents[i - 1]?.lastOffset ?? 0) + 1),
    )
  )
    return undefined;
  const [first] = extents;
  const last = extents.at(-1);
  if (first === undefined || last === undefined) return row.endOffset <= row.logStartOffset ? { row, extents } : undefined;
  return first.baseOffset <= row.logStartOffset && last.lastOffset + 1 === row.endOffset ? { row, extents } : undefined;
}

async function run({ extents }: Catalog, steps: readonly Step[]): Promise<{ readonly accepted: number; readonly refused: number }> {
  const model: ModelPartition[] = Array.from({ length: PARTITIONS }, () => ({ row: undefined, extents: [] }));
  const referenced = () => new Set(model.flatMap((partition) => partition.extents.map(({ segmentId }) => segmentId)));
  let accepted = 0;
  for (const of of steps) {
    const before = model[of.partition];
    if (before === undefined) throw new Error("no such partition");
    const change = changeFor(before, of);
    const after = modelled(before, change);
    const outcome = await extents.commit({ changes: [change] }).catch((error: unknown) => error);
    if (after === undefined) {
      expect(outcome).toBeInstanceOf(AssertionError);
      continue;
    }
    accepted++;
    const was = referenced();
    model[of.partition] = after;
    const is = referenced();
    expect(outcome).toEqual([...was].filter((id) => !is.has(id)));
    await compare(extents, of.partition, after);
    for (let id = 1; id <= SEGMENTS; id++) expect(await extents.hasSegment(id)).toBe(is.has(id));
  }
  return { accepted, refused: steps.length - accepted };
}

async function compare(extents: Catalog["extents"], index: number, { row, extents: expected }: ModelPartition): Promise<void> {
  expect(await extents.row(partitionOf(index))).toEqual(row);
  expect(await extents.find(partitionOf(index), 0, 1000)).toEqual(expected);
  const middle = (row?.endOffset ?? 0) >> 1;
  expect(await extents.find(partitionOf(index), middle, 2)).toEqual(expected.filter(({ lastOffset }) => lastOffset >= middle).slice(0, 2));
}

describe.each([
  { name: "memory", numRuns: 300, inLmdb: false },
  { name: "lmdb", numRuns: 20, inLmdb: true },
])("random commits to the $name catalog", ({ numRuns, inLmdb }) => {
  it("are accepted or refused, and found, as the model says", async () => {
    let accepted = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const directory = await mkdtemp(join(tmpdir(), "moldau-catalog-"));
        const catalog = inLmdb ? await lmdbCatalog({ disk: nodeDisk(), timers: systemTimers, directory }) : memoryCatalog();
        const outcome = await run(catalog, steps).finally(async () => {
          await catalog.close();
          await rm(directory, { recursive: true });
        });
        accepted += outcome.accepted;
        refused += outcome.refused;
      }),
      { numRuns },
    );
    expect(accepted).toBeGreaterThan(numRuns);
    expect(refused).toBeGreaterThan(numRuns / 4);
  });
});
