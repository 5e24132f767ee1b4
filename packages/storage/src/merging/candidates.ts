// What to merge next: small segments, when there are enough of a kind; then those of which at most half of the runs are left, so that
// their space comes free.
import type { Clock } from "@moldau/env";
import type { ExtentIndex } from "../catalog/catalog.js";
import type { KnownSegment, SegmentTable } from "./segment-table.js";

export interface MergeCandidates {
  /** False while nothing has changed since there were none. */
  mayHaveSome(): boolean;
  /** Empty when there is nothing to merge. */
  next(): Promise<readonly KnownSegment[]>;
  /** These were merged. Those that extents still refer to, for others changed the same extents, are left alone for a while. */
  merged(segments: readonly KnownSegment[]): void;
  /** There are other segments. */
  changed(): void;
  /** Extents went. */
  shrunk(): void;
}

const LEFT_ALONE_MS = 60_000;
/** Segments that have lost most of their runs, merged at once. */
const SHRUNK_AT_ONCE = 8;

export function mergeCandidates(table: SegmentTable, extents: ExtentIndex, clock: Clock): MergeCandidates {
  let leftAlone: readonly { readonly segment: KnownSegment; readonly untilMs: number }[] = [];
  let hasChanged = true;
  let mayHaveShrunk = true;

  const takeBack = () => {
    const nowMs = clock.monotonicMs();
    for (const { segment, untilMs } of leftAlone) if (untilMs <= nowMs) table.add(segment);
    leftAlone = leftAlone.filter(({ untilMs }) => untilMs > nowMs);
  };

  const shrunkSegments = async (): Promise<readonly KnownSegment[]> => {
    const found: KnownSegment[] = [];
    if (!mayHaveShrunk) return found;
    mayHaveShrunk = false;
    for (const segment of table.shared()) {
      if ((await extents.references(segment.id)) * 2 <= segment.runs) found.push(segment);
      if (found.length < SHRUNK_AT_ONCE) continue;
      mayHaveShrunk = true;
      return found;
    }
    return found;
  };

  return {
    mayHaveSome: () => hasChanged,
    async next() {
      hasChanged = false;
      takeBack();
      const alike = table.ofOneKind();
      const sources = alike.length > 0 ? alike : await shrunkSegments();
      if (sources.length > 0) hasChanged = true;
      return sources;
    },
    merged(segments) {
      const untilMs = clock.monotonicMs() + LEFT_ALONE_MS;
      const left = segments.filter(({ id }) => table.has(id));
      table.forget(left.map(({ id }) => id));
      leftAlone = [...leftAlone, ...left.map((segment) => ({ segment, untilMs }))];
    },
    changed() {
      hasChanged = true;
    },
    shrunk() {
      hasChanged = true;
      mayHaveShrunk = true;
    },
  };
}
