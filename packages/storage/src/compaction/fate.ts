// What becomes of each batch of a log, batch by batch in offset order (KIP-534): the rules of compaction, without any reading or writing.
//
//   record   stays when it is the newest of its key, unless it is a tombstone whose horizon has passed; without a key it goes
//   marker   stays while records of its transaction are left; then gets a horizon, and goes when that has passed, if a pass before this
//            one has come to its end there: until then the log's owner tells readers of the transaction, and they wait for the marker
//   aborted  goes
//   horizon  now + deleteRetentionMs, for a batch that has none when a tombstone of it stays, or when it is a marker on its way out
import { type BatchHeader, BatchRetainer, controlType, readBatchHeader, records } from "@moldau/records";
import type { IsAborted } from "./aborted-ranges.js";
import type { KeyMap } from "./key-map.js";

export interface FateRules {
  readonly keys: KeyMap;
  /** Records at or after it stay as they are. */
  readonly end: number;
  /** Through here the log was compacted before, and its owner knows. */
  readonly cleanedThrough: number;
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
  readonly isAborted: IsAborted;
}

/** "empty": it has no records, and goes unless it is all there is. */
export type Fate =
  | { readonly kind: "stays"; readonly records: number }
  | { readonly kind: "empty" | "goes"; readonly records: number }
  /** It is replaced by `batch`; `records` of it stay. */
  | { readonly kind: "changes"; readonly records: number; readonly batch: Uint8Array };

/** A batch whose records are looked at. */
export interface Judging {
  readonly header: BatchHeader;
  /** Looks at some more records; whether that was all. */
  look(count: number): boolean;
  /** When all were looked at. */
  fate(): Fate;
}

export interface Judge {
  /** What is clear from the header, or a batch to look into. */
  judge(bytes: Uint8Array, position: number): Fate | Judging;
  /** Transactions of which records were seen, and not yet the marker. To go back to with `resume`. */
  state(): ReadonlySet<number>;
  resume(state: ReadonlySet<number>): void;
}

export function judging(rules: FateRules): Judge {
  const { end, cleanedThrough, nowMs, isAborted } = rules;
  let seen = new Set<number>();

  const marker = (bytes: Uint8Array, position: number, header: BatchHeader): Fate => {
    const stays: Fate = { kind: "stays", records: header.recordCount };
    const [record] = records(bytes, position);
    const type = record && controlType(record);
    if (type !== "COMMIT" && type !== "ABORT") return stays;
    if (seen.delete(header.producerId)) return stays;
    if (header.deleteHorizon) {
      return header.baseTimestamp <= nowMs && header.baseOffset < cleanedThrough ? { kind: "goes", records: 0 } : stays;
    }
    const retainer = new BatchRetainer(bytes, position, header);
    while (retainer.scan.next()) retainer.keep();
    return { kind: "changes", records: retainer.kept, batch: retainer.batch(nowMs + rules.deleteRetentionMs) };
  };

  return {
    judge(bytes, position) {
      const header = readBatchHeader(bytes, position);
      if (header.recordCount === 0) return { kind: "empty", records: 0 };
      if (header.baseOffset >= end) return { kind: "stays", records: header.recordCount };
      if (header.control) return marker(bytes, position, header);
      if (header.transactional) {
        seen.add(header.producerId);
        if (isAborted(header.producerId, header.baseOffset)) return { kind: "goes", records: 0 };
      }
      return recordsOf(rules, new BatchRetainer(bytes, position, header));
    },
    state: () => new Set(seen),
    resume(state) {
      seen = new Set(state);
    },
  };
}

/** A batch of records: which of them stay. */
function recordsOf({ keys, end, nowMs, deleteRetentionMs }: FateRules, retainer: BatchRetainer): Judging {
  const { scan, header } = retainer;
  const tombstonesStay = !header.deleteHorizon || nowMs < header.baseTimestamp;
  let needsHorizon = false;

  const stays = (): boolean => {
    if (scan.offset >= end) return true;
    if (scan.keyBytes < 0) return false;
    if (!scan.hasValue && !tombstonesStay) return false;
    if (scan.offset < keys.get(scan.bytes, scan.keyStart, scan.keyBytes)) return false;
    if (!scan.hasValue && !header.deleteHorizon) needsHorizon = true;
    return true;
  };

  return {
    header,
    look(count) {
      for (let looked = 0; looked < count; looked++) {
        if (!scan.next()) return true;
        if (stays()) retainer.keep();
      }
      return false;
    },
    fate() {
      const { kept } = retainer;
      if (kept === 0) return { kind: "goes", records: 0 };
      if (kept === header.recordCount && !needsHorizon) return { kind: "stays", records: kept };
      return { kind: "changes", records: kept, batch: retainer.batch(needsHorizon ? nowMs + deleteRetentionMs : undefined) };
    },
  };
}
