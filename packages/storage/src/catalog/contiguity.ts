// The rule of every commit: a partition's extents are contiguous, from at or before its log start to its end (DESIGN §6, 4).
// Both catalogs ask here before they write, so neither can hold a hole or an overlap.
import { assert, partitionKey } from "@moldau/std";
import type { Extent, PartitionChange, PartitionRow } from "./catalog.js";

/** A partition as it is before a change. */
export interface PartitionBefore {
  readonly row: PartitionRow | undefined;
  /** Extents with lastOffset >= offset, ascending. Read only as far as needed. */
  from(offset: number): Iterable<Extent>;
}

const NOTHING: readonly Extent[] = [];
const byBaseOffset = (a: Extent, b: Extent) => a.baseOffset - b.baseOffset;

/** The extents that `change` removes, in full. Throws AssertionError when it would leave a hole or an overlap. */
export function removedBy(change: PartitionChange, before: PartitionBefore): readonly Extent[] {
  const { row: after, added, removed } = change;
  const refuse = (why: string) => `commit to ${partitionKey(change.partition)} refused: ${why}`;
  assert(after.logStartOffset >= (before.row?.logStartOffset ?? 0), refuse("its log start would move back"));
  assert(
    added.every(({ baseOffset }) => baseOffset >= 0),
    refuse("an extent would begin before offset 0"),
  );
  if (removed.length === 0 && extendsEnd(added, before.row, after)) return NOTHING;

  const window = affected(change, before);
  if (window.extents.length === 0 && before.row?.endOffset !== added[0]?.baseOffset) {
    const [any] = before.from(0);
    assert(any === undefined, refuse("it would leave a hole after the last extent"));
  }
  const gone = new Set(removed);
  const leaving = window.extents.filter((extent) => gone.has(extent.baseOffset));
  assert(leaving.length === gone.size, refuse("it removes an extent that is not there"));
  const staying = window.extents.filter((extent) => !gone.has(extent.baseOffset));
  assertContiguous([...staying, ...added].sort(byBaseOffset), window, before.row, after, refuse);
  return leaving;
}

/** The usual commit: extents at the end, or only the row. What is there already needs no look. */
function extendsEnd(added: readonly Extent[], before: PartitionRow | undefined, after: PartitionRow): boolean {
  const hadExtents = before !== undefined && before.endOffset > before.logStartOffset;
  if (added.length === 0) return hadExtents && before.endOffset === after.endOffset;
  let end = before?.endOffset ?? added[0]?.baseOffset ?? 0;
  if (before === undefined && end > after.logStartOffset) return false;
  for (const extent of added) {
    if (extent.baseOffset !== end || extent.lastOffset < extent.baseOffset) return false;
    end = extent.lastOffset + 1;
  }
  return end === after.endOffset;
}

interface Window {
  readonly extents: readonly Extent[];
  /** The window starts with an extent that lies before all that change. */
  readonly hasLeft: boolean;
  /** The window ends with an extent that lies after all that change: the partition's end is not touched. */
  readonly hasRight: boolean;
}

/** The extents that a change touches, with one neighbour on each side. */
function affected({ added, removed }: PartitionChange, before: PartitionBefore): Window {
  const gone = new Set(removed);
  const low = Math.min(...removed, ...added.map((extent) => extent.baseOffset));
  let high = added.reduce((last, extent) => Math.max(last, extent.lastOffset), low);
  const extents: Extent[] = [];
  let hasRight = false;
  for (const extent of before.from(Number.isFinite(low) ? Math.max(0, low - 1) : 0)) {
    if (gone.has(extent.baseOffset)) high = Math.max(high, extent.lastOffset);
    extents.push(extent);
    hasRight = extent.baseOffset > high;
    if (hasRight) break;
  }
  const first = extents[0];
  return { extents, hasLeft: first !== undefined && first.lastOffset < low, hasRight };
}

function assertContiguous(
  extents: readonly Extent[],
  { hasLeft, hasRight }: Window,
  before: PartitionRow | undefined,
  after: PartitionRow,
  refuse: (why: string) => string,
): void {
  const first = extents[0];
  const last = extents.at(-1);
  if (first === undefined || last === undefined) {
    assert(after.endOffset <= after.logStartOffset, refuse("offsets would be in no extent"));
    return;
  }
  assert(hasLeft || first.baseOffset <= after.logStartOffset, refuse("its first extent would begin after the log start"));
  let end = first.baseOffset;
  for (const extent of extents) {
    assert(extent.baseOffset === end, refuse(`extents would ${extent.baseOffset > end ? "leave a hole" : "overlap"} at ${end}`));
    assert(extent.lastOffset >= extent.baseOffset, refuse("an extent would end before it begins"));
    end = extent.lastOffset + 1;
  }
  const expected = hasRight ? before?.endOffset : end;
  assert(after.endOffset === expected, refuse(`its end would be ${after.endOffset}, its extents end at ${expected}`));
}
