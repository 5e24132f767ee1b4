// The transactions of one partition: which are open, how far those may read who want only what is committed, and what was aborted.
//
//    log start           first offset of the oldest       high watermark
//                        that is not surely ended
//    ───┴────────────────────────┴───────────────────────────────┴────────
//       │  read_committed reads  │ read_uncommitted reads, too   │ not durable
//                        last stable offset
//
// A transaction ends with its marker: a control batch. Until that is durable, the transaction counts as open, for the marker may be lost
// and come again.
// Invariant: derived from the batches alone. Markers are remembered while they are not part of the stored snapshot, for of the batches
// after that the log tells only the headers.
import { type AbortedBlock, type AbortedTransaction, abortedTransactions } from "./aborted-transactions.js";

/** What a marker says beside its batch's header. */
export interface Marker {
  readonly commit: boolean;
  /** Of the transaction coordinator that wrote it. */
  readonly coordinatorEpoch: number;
}

export interface OpenTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** The transactions of a log that ends at some offset. */
export interface TransactionsSnapshot {
  /** By first offset. */
  readonly open: readonly OpenTransaction[];
  /** By last offset. */
  readonly aborted: readonly AbortedBlock[];
}

export const NO_TRANSACTIONS: TransactionsSnapshot = { open: [], aborted: [] };

export interface PartitionTransactions {
  /** Where the producer's open transaction began here; undefined: it has none. */
  firstOffset(producerId: number): number | undefined;
  openCount(): number;
  begin(producerId: number, firstOffset: number): void;
  /** Its marker, at `offset`. Ends nothing where none is open. */
  end(producerId: number, offset: number, marker: Marker): void;
  /** All below is durable and decided. */
  lastStableOffset(): number;
  /** Those that may have records in [from, to), by their markers' offsets. `to` is asked for only when it matters. */
  abortedWithin(from: number, to: () => number): readonly AbortedTransaction[];
  /** The marker at this offset, unless it is forgotten. */
  markerAt(offset: number): Marker | undefined;
  markersHeld(): number;
  /** No snapshot will be asked for that ends below `through`. */
  forgetMarkers(through: number): void;
  /** Of aborted transactions that ended below `through` no records are left. */
  cleaned(through: number): void;
  /** As of the log that ends at `through`, and is compacted through `cleanedThrough`. */
  snapshot(through: number, cleanedThrough?: number): TransactionsSnapshot;
}

/** Where the log begins, and through where it is durable. */
export interface LogBounds {
  readonly logStartOffset: number;
  readonly highWatermark: number;
}

interface RecentMarker extends Marker {
  readonly offset: number;
  readonly producerId: number;
  /** Of the transaction that it ended. */
  readonly firstOffset: number | undefined;
}

export function partitionTransactions(known: TransactionsSnapshot, bounds: () => LogBounds): PartitionTransactions {
  // Both in the order of offsets, for that is how transactions begin and end.
  const open = new Map(known.open.map(({ producerId, firstOffset }) => [producerId, firstOffset]));
  const aborted = abortedTransactions(known.aborted);
  let recent: RecentMarker[] = [];

  return {
    firstOffset: (producerId) => open.get(producerId),
    openCount: () => open.size,
    begin(producerId, firstOffset) {
      if (!open.has(producerId)) open.set(producerId, firstOffset);
    },
    end(producerId, offset, { commit, coordinatorEpoch }) {
      const firstOffset = open.get(producerId);
      open.delete(producerId);
      recent.push({ offset, producerId, firstOffset, commit, coordinatorEpoch });
      if (firstOffset !== undefined && !commit) aborted.add({ producerId, firstOffset, lastOffset: offset });
    },
    lastStableOffset() {
      const { logStartOffset, highWatermark } = bounds();
      let stable = highWatermark;
      if (open.size > 0) {
        const [oldest = stable] = open.values();
        stable = Math.min(stable, oldest);
      }
      for (let i = recent.length - 1; i >= 0; i--) {
        const marker = recent[i] as RecentMarker;
        if (marker.offset < highWatermark) break;
        if (marker.firstOffset !== undefined) stable = Math.min(stable, marker.firstOffset);
      }
      return Math.max(stable, logStartOffset);
    },
    abortedWithin: aborted.within,
    markerAt(offset) {
      const marker = recent[placeOf(recent, offset)];
      return marker?.offset === offset ? marker : undefined;
    },
    markersHeld: () => recent.length,
    forgetMarkers(through) {
      recent = recent.slice(placeOf(recent, through));
    },
    cleaned: aborted.forgetBelow,
    snapshot(through, cleanedThrough) {
      aborted.forgetBelow(bounds().logStartOffset);
      // What a later marker has ended was open then.
      const ended = recent
        .slice(placeOf(recent, through))
        .flatMap(({ producerId, firstOffset }) => (firstOffset === undefined ? [] : [{ producerId, firstOffset }]));
      const stillOpen = [...open].map(([producerId, firstOffset]) => ({ producerId, firstOffset }));
      return {
        open: [...ended, ...stillOpen].filter(({ firstOffset }) => firstOffset < through).sort((a, b) => a.firstOffset - b.firstOffset),
        aborted: aborted.packed(through, cleanedThrough),
      };
    },
  };
}

/** The place of the first marker whose offset is at least `offset`. */
function placeOf(markers: readonly RecentMarker[], offset: number): number {
  let low = 0;
  let high = markers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((markers[middle] as RecentMarker).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
