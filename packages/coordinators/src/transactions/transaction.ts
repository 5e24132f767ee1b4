// What a transactional id has: its producer, and the transaction that is open or was the last.
//
//   Empty ─────────add partitions──────► Ongoing ──end──► PrepareCommit ──markers written──► CompleteCommit
//     ▲                                   │  ▲            PrepareAbort  ──markers written──► CompleteAbort
//     └─ initProducerId, when complete    └──┘ more partitions            (both: add partitions ► Ongoing)
//
// Kafka's two other states never become durable: fencing an open transaction (PrepareEpochFence) is one decision here, from Ongoing to
// PrepareAbort, and an id that expires (Dead) is gone at once.
// Invariant: of one producer id, the epoch never goes back; and a decision is never changed: PrepareX is followed by CompleteX.

/** The names that Kafka knows, by their numbers in the topic. */
export const STATUS_NAMES = [
  "Empty",
  "Ongoing",
  "PrepareCommit",
  "PrepareAbort",
  "CompleteCommit",
  "CompleteAbort",
  "Dead",
  "PrepareEpochFence",
] as const;

export type TransactionStatus = Exclude<(typeof STATUS_NAMES)[number], "Dead" | "PrepareEpochFence">;

/** What the client speaks (transaction.version): 2 raises the epoch with each transaction (KIP-890), 0 and 1 do not. */
export type TransactionVersion = 0 | 1 | 2;

/** Partitions by topic. No topic is without partitions. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>;

export interface Transaction {
  readonly status: TransactionStatus;
  readonly producerId: number;
  /** That of the state before this one; -1: unknown. */
  readonly previousProducerId: number;
  /** Takes over when the transaction is complete, for the epochs of `producerId` are used up; -1: none. */
  readonly nextProducerId: number;
  readonly producerEpoch: number;
  /** What the epoch was raised from, as far as the producer may still ask with it; -1: nothing. */
  readonly lastProducerEpoch: number;
  readonly timeoutMs: number;
  readonly partitions: Partitions;
  /** -1: never since the producer was initialized. */
  readonly startedAtMs: number;
  readonly updatedAtMs: number;
  readonly clientVersion: TransactionVersion;
}

export const NO_PRODUCER_ID = -1;
export const NO_EPOCH = -1;
/** The highest int16. Producers never get it: it is there to fence the one before. */
export const FENCING_EPOCH = 32_767;
/** The highest epoch that a producer may get. */
export const LAST_EPOCH = FENCING_EPOCH - 1;

/** The time-out of transactions that have none, as two-phase commit needs (KIP-939). */
export const NO_TIMEOUT_MS = 2_147_483_647;

const NO_PARTITIONS: Partitions = new Map();

/** Whether this producer id has no epoch left to raise to. */
export const isExhausted = ({ producerEpoch }: Transaction): boolean => producerEpoch >= LAST_EPOCH;

/** Whether it is decided, but not complete. */
export const isDecided = ({ status }: Transaction): boolean => status === "PrepareCommit" || status === "PrepareAbort";

/** Of an id that was not known. */
export const created = (producerId: number, timeoutMs: number, nowMs: number): Transaction => ({
  status: "Empty",
  producerId,
  previousProducerId: producerId,
  nextProducerId: NO_PRODUCER_ID,
  producerEpoch: 0,
  lastProducerEpoch: NO_EPOCH,
  timeoutMs,
  partitions: NO_PARTITIONS,
  startedAtMs: -1,
  updatedAtMs: nowMs,
  clientVersion: 0,
});

/** A producer starts anew, as this one. */
export const initialized = (
  transaction: Transaction,
  producer: Pick<Transaction, "producerId" | "producerEpoch" | "lastProducerEpoch">,
  timeoutMs: number,
  nowMs: number,
): Transaction => moved(transaction, { ...producer, status: "Empty", timeoutMs, partitions: NO_PARTITIONS, startedAtMs: -1 }, nowMs);

/** With these partitions, too. */
export function withPartitions(transaction: Transaction, added: Partitions, clientVersion: TransactionVersion, nowMs: number): Transaction {
  const open = transaction.status === "Ongoing";
  const partitions = new Map(transaction.partitions);
  for (const [topic, indexes] of added) {
    const known = partitions.get(topic);
    if (!known || !isSubset(indexes, known)) partitions.set(topic, new Set([...(known ?? []), ...indexes]));
  }
  const startedAtMs = open ? transaction.startedAtMs : nowMs;
  // Whoever begins a transaction has its epoch: the one before is nobody's any more.
  return moved(transaction, { status: "Ongoing", lastProducerEpoch: NO_EPOCH, partitions, startedAtMs, clientVersion }, nowMs);
}

export interface Ending {
  readonly commit: boolean;
  readonly clientVersion: TransactionVersion;
  /** The producer is not the one who ends it: it gets a higher epoch whatever version it speaks. */
  readonly fence: boolean;
  readonly nextProducerId: number;
}

/** Decided. An abort needs no open transaction (version 2), for the producer may not know whether it has one. */
export function decided(transaction: Transaction, { commit, clientVersion, fence, nextProducerId }: Ending, nowMs: number): Transaction {
  const { status, producerEpoch, lastProducerEpoch, startedAtMs, updatedAtMs } = transaction;
  const raised = Math.min(producerEpoch + 1, FENCING_EPOCH);
  const epochs = raisesEpoch(clientVersion)
    ? { producerEpoch: raised, lastProducerEpoch: producerEpoch }
    : fence
      ? { producerEpoch: raised, lastProducerEpoch: NO_EPOCH }
      : { producerEpoch, lastProducerEpoch };
  const change = {
    ...epochs,
    status: commit ? ("PrepareCommit" as const) : ("PrepareAbort" as const),
    clientVersion,
    nextProducerId,
    startedAtMs: status === "Ongoing" ? startedAtMs : nowMs,
  };
  // Later than anything before: with it, a decision is told from all others of this producer id, even where its epoch stays.
  return moved(transaction, change, Math.max(nowMs, updatedAtMs + 1));
}

/** All its markers are written. */
export function completed(transaction: Transaction, nowMs: number): Transaction {
  const { status, nextProducerId, clientVersion } = transaction;
  const rotates = raisesEpoch(clientVersion) && nextProducerId !== NO_PRODUCER_ID;
  return moved(
    transaction,
    {
      ...(rotates ? { producerId: nextProducerId, producerEpoch: 0 } : {}),
      status: status === "PrepareCommit" ? "CompleteCommit" : "CompleteAbort",
      nextProducerId: NO_PRODUCER_ID,
      partitions: NO_PARTITIONS,
    },
    nowMs,
  );
}

/** Whether each transaction gets an epoch of its own. */
export const raisesEpoch = (version: TransactionVersion): boolean => version >= 2;

/** Whether it has all of these. */
export function includes({ partitions }: Transaction, asked: Partitions): boolean {
  for (const [topic, indexes] of asked) {
    const known = partitions.get(topic);
    if (!known || !isSubset(indexes, known)) return false;
  }
  return true;
}

const isSubset = (some: ReadonlySet<number>, all: ReadonlySet<number>): boolean => {
  for (const one of some) if (!all.has(one)) return false;
  return true;
};

const moved = (transaction: Transaction, change: Partial<Transaction>, nowMs: number): Transaction => ({
  ...transaction,
  previousProducerId: transaction.producerId,
  ...change,
  updatedAtMs: Math.max(nowMs, transaction.updatedAtMs),
});
