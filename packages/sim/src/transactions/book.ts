// What transactions are to come to, and what readers saw of them.
//
// A record's value says whose it is: "transaction place …". So a log of committed records can be judged by itself.

/**
 * "open": nobody may see it, for its commit was not asked for, or was refused at once. "asked": whole, or not at all. "committed": all
 * see it, once.
 */
export type Fate = "open" | "asked" | "committed";

export interface Transaction {
  readonly name: string;
  /** How many records it writes, by partition. */
  readonly planned: ReadonlyMap<string, number>;
  /** The offset of its last record, by partition, as far as it was told. */
  readonly lastOffsets: Map<string, number>;
  fate: Fate;
  /** Since then it is known that no reader has to wait for it. */
  settledAtMs: number | undefined;
}

export interface SeenText {
  readonly offset: number;
  readonly key: string | null;
  /** Empty: a tombstone. */
  readonly text: string;
}

export interface Book {
  readonly transactions: ReadonlyMap<string, Transaction>;
  /** `partitions`: of each record. */
  begin(name: string, partitions: readonly string[]): Transaction;
  /** No reader has to wait for it from now on. */
  settle(transaction: Transaction, nowMs: number): void;
  /** Those that are settled and have records in the partition, in the order in which it became known. */
  settledIn(partition: string): readonly Transaction[];
  /** A reader of what is committed went from one offset to another, and was given these. */
  saw(partition: string, from: number, to: number, records: readonly SeenText[]): void;
  /** The same of a reader of everything. */
  sawAny(partition: string, records: readonly SeenText[]): void;
}

/** What is at an offset for readers of what is committed: null is nothing. */
type View = (string | null | undefined)[];

export const transactionOf = (text: string): string => text.slice(0, text.indexOf(" "));
const nameOf = (text: string): string => text.slice(0, text.indexOf(" ", text.indexOf(" ") + 1));

/** Throws, in sentences, when something is seen that may not be. */
export function book(): Book {
  const transactions = new Map<string, Transaction>();
  const settled = new Map<string, Transaction[]>();
  const views = new Map<string, View>();
  const everything = new Map<string, View>();
  const places = new Map<string, string>();

  const viewOf = (all: Map<string, View>, partition: string): View => {
    const known = all.get(partition) ?? [];
    all.set(partition, known);
    return known;
  };
  const checkRecord = (partition: string, { offset, text }: SeenText) => {
    const transaction = transactions.get(transactionOf(text));
    if (!transaction) throw new Error(`${partition}: "${text}" at offset ${offset} was never written`);
    if (transaction.fate === "open")
      throw new Error(`${partition}: "${text}" at offset ${offset} is of a transaction that is not committed, and was seen as if it were`);
    const [name, place] = [nameOf(text), `${partition} ${offset}`];
    const before = places.get(name);
    if (before !== undefined && before !== place) throw new Error(`"${name}" was seen at ${before} and at ${place}`);
    places.set(name, place);
  };
  return {
    transactions,
    begin(name, partitions) {
      const planned = new Map<string, number>();
      for (const partition of partitions) planned.set(partition, (planned.get(partition) ?? 0) + 1);
      const transaction: Transaction = { name, planned, lastOffsets: new Map(), fate: "open", settledAtMs: undefined };
      transactions.set(name, transaction);
      return transaction;
    },
    settle(transaction, nowMs) {
      if (transaction.settledAtMs !== undefined) return;
      transaction.settledAtMs = nowMs;
      for (const partition of transaction.planned.keys()) settled.set(partition, [...(settled.get(partition) ?? []), transaction]);
    },
    settledIn: (partition) => settled.get(partition) ?? [],
    saw(partition, from, to, records) {
      const view = viewOf(views, partition);
      const given = new Map(records.map((record) => [record.offset, record]));
      for (let offset = from; offset < to; offset++) {
        const record = given.get(offset);
        if (record) checkRecord(partition, record);
        const [before, now] = [view[offset], record?.text ?? null];
        if (before !== undefined && before !== now)
          throw new Error(`${partition}: at offset ${offset} a reader of what is committed saw ${say(before)}, and then ${say(now)}`);
        view[offset] = now;
      }
    },
    sawAny(partition, records) {
      const view = viewOf(everything, partition);
      for (const { offset, text } of records) {
        const before = view[offset];
        if (before !== undefined && before !== text)
          throw new Error(`${partition}: at offset ${offset} a reader saw ${say(before)}, and then ${say(text)}`);
        view[offset] = text;
      }
    },
  };
}

const say = (text: string | null): string => (text === null ? "nothing" : `"${text}"`);
