// How an idempotent producer numbers its records for one partition (KIP-98), so that brokers know what comes twice and what is missing.
//
//   acknowledged          next
//        ▼                 ▼
//   ─────┬────────┬────────┬───────▶ sequences, 0 to 2^31 - 1 and around
//        │ sent, not known │
//
// A batch that fails for good leaves a gap: what was sent after it is refused, and is numbered anew. Where it is not known whether a
// broker has stored it, what was sent after it is sent again under its old numbers first: stored, and all is well; refused, and none of
// it is stored. Then, and when there is nothing to ask with, or a broker has lost what it had, the epoch is raised and numbers begin
// at 0 (KIP-360).

export interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

export interface Numbering extends Identity {
  /** The number that the broker expects, as far as is known. */
  readonly acknowledged: number;
  /** The number of the next record to be sent. */
  readonly next: number;
  readonly fault: "none" | "gap" | "unknown" | "lost";
}

const SEQUENCES = 2 ** 31;
const EPOCH_MAX = 2 ** 15 - 1;

export const addSequence = (sequence: number, records: number): number => (sequence + records) % SEQUENCES;

export const startNumbering = ({ producerId, producerEpoch }: Identity): Numbering => ({
  producerId,
  producerEpoch,
  acknowledged: 0,
  next: 0,
  fault: "none",
});

/** `records` were given numbers from `next` on. */
export const numbered = (numbering: Numbering, records: number): Numbering => ({
  ...numbering,
  next: addSequence(numbering.next, records),
});

/** A batch is stored. */
export const acknowledged = (numbering: Numbering, baseSequence: number, records: number): Numbering => ({
  ...numbering,
  acknowledged: addSequence(baseSequence, records),
  // Nothing is stored after a gap: there is none.
  fault: numbering.fault === "unknown" ? "none" : numbering.fault,
});

/** A batch that had numbers will not be sent again: either it is not stored, or that is not known. */
export const abandoned = (numbering: Numbering, maybeStored: boolean): Numbering => ({
  ...numbering,
  fault: numbering.fault === "lost" ? "lost" : maybeStored || numbering.fault === "unknown" ? "unknown" : "gap",
});

/** The broker does not have what it acknowledged. */
export const forgotten = (numbering: Numbering): Numbering => ({ ...numbering, fault: "lost" });

/**
 * After a fault, once nothing is under way: from where to number what is to be sent again. Undefined when epochs are used up: then the
 * producer needs another id.
 */
export function repaired(numbering: Numbering): Numbering | undefined {
  if (numbering.fault === "gap") return { ...numbering, next: numbering.acknowledged, fault: "none" };
  if (numbering.producerEpoch >= EPOCH_MAX) return undefined;
  return startNumbering({ producerId: numbering.producerId, producerEpoch: numbering.producerEpoch + 1 });
}
