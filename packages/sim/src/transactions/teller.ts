// A teller of the bank: each transaction takes from some accounts what it gives to others.
import type { SimTopic } from "../clients/topic.js";
import type { SeededRandom } from "../time/seeded-random.js";
import type { Balances } from "./balances.js";
import type { Book } from "./book.js";
import type { ProducedBatch, TransactionalProducer } from "./producer.js";
import type { Life } from "./seat.js";

export interface TellerOptions {
  readonly name: string;
  readonly random: SeededRandom;
  readonly topics: readonly SimTopic[];
  readonly balances: Balances | undefined;
  readonly book: Book;
  readonly producer: TransactionalProducer;
  readonly life: Life;
  readonly commitShare: number;
  readonly pause: () => Promise<void>;
  readonly closed: () => boolean;
}

const ACCOUNTS = 8;
const MAX_AMOUNT = 100;

export async function tell({
  name,
  random,
  topics,
  balances,
  book,
  producer,
  life,
  commitShare,
  pause,
  closed,
}: TellerOptions): Promise<"done" | "more"> {
  await producer.init();
  for (let number = 1; !closed(); number++) {
    if (life.finishing()) return "more";
    const moves = movesOf(`${name}/${life.number}/${number}`, random, topics);
    const transaction = book.begin(
      moves.name,
      moves.batches.flatMap(({ topic, partition, texts }) => texts.map(() => `${topic.name}-${partition}`)),
    );
    producer.begin(transaction);
    const kept = balances && random.chance(0.7) ? balances.write(moves.name, random) : [];
    const whole = await producer.write([...moves.batches, ...kept]);
    await producer.end(whole && random.chance(commitShare));
    await pause();
  }
  return "done";
}

/** Amounts that come to nothing in all; an account lives in the partition that its number gives. */
function movesOf(name: string, random: SeededRandom, topics: readonly SimTopic[]) {
  const count = random.int(2, random.pick([2, 3, 8]));
  const amounts = Array.from({ length: count - 1 }, () => random.int(-MAX_AMOUNT, MAX_AMOUNT));
  amounts.push(-amounts.reduce((a, b) => a + b, 0));
  const placed = topics.flatMap((topic) => topic.books.map((_, partition) => ({ topic, partition })));
  const batches: ProducedBatch[] = [];
  for (const [place, amount] of amounts.entries()) {
    const account = random.int(0, ACCOUNTS - 1);
    const home = placed[account % placed.length];
    if (!home) throw new Error("the bank has no partitions");
    const text = `${name} ${place} ${account} ${amount}`;
    const last = batches.at(-1);
    if (last?.topic === home.topic && last.partition === home.partition && random.chance(0.5)) {
      batches[batches.length - 1] = { ...last, texts: [...last.texts, text] };
    } else batches.push({ ...home, texts: [text] });
  }
  return { name, batches };
}

/** What a record moves. */
export const amountOf = (text: string): number => Number(text.split(" ")[3]);
