// What tellers keep by keys, in a topic that is compacted: its model, and the readers that hold it against that.
//
// A record of it belongs to a transaction that moves amounts, too. Which transactions are committed is seen there, for here records go.
import type { SimTopic } from "../clients/topic.js";
import type { SeededRandom } from "../time/seeded-random.js";
import { type Book, type SeenText, type Transaction, transactionOf } from "./book.js";
import type { ProducedBatch } from "./producer.js";

interface Entry {
  readonly transaction: string;
  readonly key: string;
  /** Empty: a tombstone. */
  readonly text: string;
}

export interface Balances {
  readonly topic: SimTopic;
  /** Some records of a transaction that is about to begin. */
  write(name: string, random: SeededRandom): ProducedBatch[];
  /** A reader was given these. What it is given at an offset is always the same, if it is there at all. */
  saw(partition: number, records: readonly SeenText[], committedOnly: boolean): void;
  /** All that is committed, at the end: each key's last record is the one it should be. */
  judge(partition: number, records: readonly SeenText[], isCommitted: (transaction: string) => boolean): void;
}

const KEYS = 6;
const TOMBSTONE_SHARE = 0.2;

/** Throws, in sentences, when something is wrong. */
export function balances(topic: SimTopic, book: Book): Balances {
  const stored = topic.books.map(() => new Map<number, Entry>());
  const titleOf = (partition: number) => `${topic.name}-${partition}`;

  const check = (partition: number, { offset, key, text }: SeenText, committedOnly: boolean) => {
    const entry = stored[partition]?.get(offset);
    if (entry && (entry.key !== key || entry.text !== text))
      throw new Error(
        `${titleOf(partition)}: at offset ${offset} "${key}" has "${text}", and it is where "${entry.key}" got "${entry.text}"`,
      );
    const name = entry?.transaction ?? (text === "" ? undefined : transactionOf(text));
    const transaction: Transaction | undefined = name === undefined ? undefined : book.transactions.get(name);
    if (committedOnly && transaction?.fate === "open")
      throw new Error(`${titleOf(partition)}: "${text}" at offset ${offset} is of a transaction that is not committed`);
  };
  return {
    topic,
    write(name, random) {
      const count = random.int(1, 4);
      return Array.from({ length: count }, (_, place) => {
        const partition = random.int(0, topic.books.length - 1);
        const key = `account-${random.int(1, KEYS)}`;
        const text = random.chance(TOMBSTONE_SHARE) ? "" : `${name} b${place} ${random.int(0, 999)}`;
        const known = (baseOffset: number) => void stored[partition]?.set(baseOffset, { transaction: name, key, text });
        return { topic, partition, texts: [text], keys: [key], stored: known };
      });
    },
    saw(partition, records, committedOnly) {
      for (const record of records) check(partition, record, committedOnly);
    },
    judge(partition, records, isCommitted) {
      const [last, seen] = [new Map<string, { offset: number; text: string }>(), new Map<string, SeenText>()];
      const inOrder = [...(stored[partition] ?? [])].sort(([a], [b]) => a - b);
      for (const [offset, { key, text, transaction }] of inOrder) if (isCommitted(transaction)) last.set(key, { offset, text });
      for (const record of records) {
        check(partition, record, true);
        seen.set(record.key ?? "", record);
      }
      for (const [key, { offset, text }] of last) {
        const found = seen.get(key);
        // Tombstones go in their time, and what was before them with them.
        if (found?.offset === offset || (text === "" && !found)) continue;
        const there = found ? `its last record is at ${found.offset}: "${found.text}"` : "it is not there";
        throw new Error(`${titleOf(partition)}: "${key}" got "${text}" at offset ${offset}, and ${there}`);
      }
      for (const [key, { offset }] of seen) {
        if (!last.has(key)) throw new Error(`${titleOf(partition)}: "${key}" is at offset ${offset}, and nobody committed it`);
      }
    },
  };
}
