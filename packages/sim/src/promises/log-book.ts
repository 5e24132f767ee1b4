// What clients were promised about one partition and what they saw of it.

export interface SentBatch {
  /** See batchName. */
  readonly name: number;
  readonly timestamps: readonly number[];
  /** As it was sent. */
  readonly bytes: Uint8Array;
  /** Whether the broker must store it once only. */
  readonly idempotent: boolean;
}

export interface Promised {
  readonly batch: SentBatch;
  readonly baseOffset: number;
  readonly atMs: number;
}

export interface SeenRecord {
  readonly offset: number;
  /** See recordName. */
  readonly name: number;
  readonly timestamp: number;
}

export interface LogBook {
  /** For sentences: topic and partition. */
  readonly title: string;
  readonly sentBatches: ReadonlyMap<number, SentBatch>;
  readonly promises: readonly Promised[];
  /** Names of the records seen, by offset. */
  readonly seen: readonly (number | undefined)[];
  /** What retention is to keep at least; undefined: there is none. */
  readonly keepsBytes: number | undefined;
  /** The largest log start offset that was asked for, and the largest that was acknowledged. */
  readonly trimAsked: number;
  readonly trimDone: number;
  sent(batch: SentBatch): void;
  acknowledged(batch: SentBatch, baseOffset: number): void;
  /** A reader got these records. Says what is wrong with that, if anything. */
  saw(records: readonly SeenRecord[]): string | undefined;
  askTrim(offset: number): void;
  trimmed(offset: number): void;
}

export function logBook(title: string, nowMs: () => number, keepsBytes?: number): LogBook {
  const sentBatches = new Map<number, SentBatch>();
  const promises: Promised[] = [];
  const seen: (number | undefined)[] = [];
  let trimAsked = 0;
  let trimDone = 0;
  return {
    title,
    sentBatches,
    promises,
    seen,
    keepsBytes,
    get trimAsked() {
      return trimAsked;
    },
    get trimDone() {
      return trimDone;
    },
    sent: (batch) => void sentBatches.set(batch.name, batch),
    acknowledged: (batch, baseOffset) => void promises.push({ batch, baseOffset, atMs: nowMs() }),
    saw(records) {
      for (const { offset, name } of records) {
        const before = seen[offset];
        if (before !== undefined && before !== name) return `${title}: a reader saw two records at offset ${offset}`;
        seen[offset] = name;
      }
      return undefined;
    },
    askTrim(offset) {
      trimAsked = Math.max(trimAsked, offset);
    },
    trimmed(offset) {
      trimDone = Math.max(trimDone, offset);
    },
  };
}
