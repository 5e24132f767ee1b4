// What clients were promised and what they saw, held against the log at the end: the invariants of storage, as a client can check them.
//
// Each record's value names its producer, its batch, its place in the batch and the batch's size, so that a log can be judged by itself.

export interface SentBatch {
  readonly partition: number;
  readonly producer: number;
  readonly batch: number;
  readonly count: number;
  /** Whether the broker must store it once only. */
  readonly idempotent: boolean;
}

export const recordText = ({ producer, batch, count }: SentBatch, place: number): string => `${producer}/${batch}/${place}/${count}`;

export interface SeenRecord {
  readonly offset: number;
  readonly value: string;
}

export interface Ledger {
  sent(batch: SentBatch): void;
  acknowledged(batch: SentBatch, baseOffset: number): void;
  /** A reader got these records. */
  saw(partition: number, records: readonly SeenRecord[]): void;
  trimRequested(partition: number, offset: number): void;
  trimmed(partition: number, offset: number): void;
  /** What is wrong with the log that was found at the end, in sentences; empty when nothing is. */
  judge(partition: number, logStartOffset: number, log: readonly SeenRecord[]): readonly string[];
  readonly acknowledgedCount: () => number;
}

export function ledger(): Ledger {
  const promised: { readonly batch: SentBatch; readonly baseOffset: number }[] = [];
  const sent = new Map<string, SentBatch>();
  const seen = new Map<number, Map<number, string>>();
  const trims = new Map<number, { requested: number; done: number }>();
  const surprises: string[] = [];
  const batchKey = (producer: number, batch: number) => `${producer}/${batch}`;
  const trimsOf = (partition: number) => {
    const known = trims.get(partition) ?? { requested: 0, done: 0 };
    trims.set(partition, known);
    return known;
  };

  return {
    acknowledgedCount: () => promised.length,
    sent: (batch) => void sent.set(batchKey(batch.producer, batch.batch), batch),
    acknowledged: (batch, baseOffset) => void promised.push({ batch, baseOffset }),
    saw(partition, records) {
      const known = seen.get(partition) ?? new Map<number, string>();
      seen.set(partition, known);
      for (const { offset, value } of records) {
        const before = known.get(offset);
        if (before !== undefined && before !== value)
          surprises.push(`partition ${partition}: offset ${offset} was ${before}, then ${value}`);
        known.set(offset, value);
      }
    },
    trimRequested(partition, offset) {
      const known = trimsOf(partition);
      known.requested = Math.max(known.requested, offset);
    },
    trimmed(partition, offset) {
      const known = trimsOf(partition);
      known.done = Math.max(known.done, offset);
    },
    judge(partition, logStartOffset, log) {
      const found = new Map(log.map(({ offset, value }) => [offset, value]));
      const { requested, done } = trimsOf(partition);
      return [
        ...surprises,
        ...(logStartOffset < done ? [`partition ${partition}: trimmed to ${done}, but begins at ${logStartOffset}`] : []),
        ...(logStartOffset > requested ? [`partition ${partition}: begins at ${logStartOffset}, which nobody asked for`] : []),
        ...holes(partition, logStartOffset, log),
        ...missing(partition, logStartOffset, found, promised),
        ...changed(partition, logStartOffset, found, seen.get(partition) ?? new Map()),
        ...halves(partition, logStartOffset, log, (producer, batch) => sent.get(batchKey(producer, batch))),
      ];
    },
  };
}

function holes(partition: number, logStartOffset: number, log: readonly SeenRecord[]): string[] {
  const at = log.findIndex(({ offset }, i) => offset !== logStartOffset + i);
  return at < 0 ? [] : [`partition ${partition}: offset ${log[at]?.offset} where ${logStartOffset + at} is due`];
}

function missing(
  partition: number,
  logStartOffset: number,
  found: ReadonlyMap<number, string>,
  promised: readonly { readonly batch: SentBatch; readonly baseOffset: number }[],
): string[] {
  return promised.flatMap(({ batch, baseOffset }) => {
    if (batch.partition !== partition) return [];
    for (let place = 0; place < batch.count; place++) {
      const offset = baseOffset + place;
      const wanted = recordText(batch, place);
      if (offset < logStartOffset || found.get(offset) === wanted) continue;
      return [`partition ${partition}: ${wanted} was acknowledged at ${offset}, where ${found.get(offset) ?? "nothing"} is`];
    }
    return [];
  });
}

function changed(
  partition: number,
  logStartOffset: number,
  found: ReadonlyMap<number, string>,
  seen: ReadonlyMap<number, string>,
): string[] {
  return [...seen].flatMap(([offset, value]) =>
    offset < logStartOffset || found.get(offset) === value
      ? []
      : [`partition ${partition}: a reader saw ${value} at ${offset}, where ${found.get(offset) ?? "nothing"} is`],
  );
}

/** Batches are there whole, were sent, and of idempotent producers once and in order. */
function halves(
  partition: number,
  logStartOffset: number,
  log: readonly SeenRecord[],
  sentBatch: (producer: number, batch: number) => SentBatch | undefined,
): string[] {
  const wrong: string[] = [];
  const newest = new Map<number, number>();
  for (let i = 0; i < log.length; ) {
    const { value = "", offset = 0 } = log[i] ?? {};
    const [producer = 0, batch = 0, place = 0] = value.split("/").map(Number);
    const sent = sentBatch(producer, batch);
    if (!sent || sent.partition !== partition) return [...wrong, `partition ${partition}: ${value} at ${offset} was never sent there`];
    // DeleteRecords may cut into the first batch.
    const cut = offset === logStartOffset ? place : 0;
    for (let expected = cut; expected < sent.count; expected++, i++) {
      if (log[i]?.value !== recordText(sent, expected)) {
        return [...wrong, `partition ${partition}: at ${log[i]?.offset ?? "the end"} is ${log[i]?.value}, half a batch after ${value}`];
      }
    }
    if (!sent.idempotent) continue;
    const before = newest.get(producer);
    if (before !== undefined && before >= batch)
      wrong.push(`partition ${partition}: batch ${batch} of producer ${producer} comes after ${before}`);
    newest.set(producer, batch);
  }
  return wrong;
}
