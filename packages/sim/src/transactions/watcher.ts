// Readers that read all the while. Those of what is committed see in each partition whole transactions only, as far as it is stable, and
// all that are known to be over; what they saw once, or did not, stays so.
import { isLoss, type Reconnecting } from "../clients/reconnecting.js";
import type { SimTopic } from "../clients/topic.js";
import type { SeededRandom } from "../time/seeded-random.js";
import type { Balances } from "./balances.js";
import { type Book, type Transaction, transactionOf } from "./book.js";
import { type Fetched, fetchTexts } from "./committed-fetch.js";

export interface WatcherOptions {
  readonly client: Reconnecting;
  readonly random: SeededRandom;
  readonly topic: SimTopic;
  readonly partition: number;
  readonly book: Book;
  readonly maxPauseMs: number;
  readonly over: () => boolean;
}

/** "steady" reads on and on; "leaping" begins anywhere, again and again; "all" reads what is not committed, too. */
export type WatcherKind = "steady" | "leaping" | "all";

export async function watch(options: WatcherOptions, kind: WatcherKind): Promise<void> {
  const { client, random, topic, partition, book, maxPauseMs, over } = options;
  const title = `${topic.name}-${partition}`;
  const prefix = committedPrefix(book, title);
  let offset = 0;
  let stable = 0;
  while (!over()) {
    const sentMs = client.time.nowMs();
    const place = { topic, partition, offset, maxBytes: random.int(100, 8_000), committedOnly: kind !== "all" };
    const found = await orNothing(fetchTexts(client, place));
    if (found) {
      if (found.lastStableOffset < stable)
        throw new Error(`${title}: the last stable offset went back from ${stable} to ${found.lastStableOffset}`);
      stable = found.lastStableOffset;
      if (kind === "all") book.sawAny(title, found.records);
      else book.saw(title, offset, found.nextOffset, found.records);
      if (kind === "steady") prefix.read(found, sentMs);
      offset = kind === "leaping" && random.chance(0.3) ? random.int(0, stable) : found.nextOffset;
    }
    await client.time.pause(random.int(0, maxPauseMs));
  }
}

/** The same of a topic that is compacted: records go, and those that stay are what they were. */
export async function watchBalances(
  { client, random, partition, maxPauseMs, over }: WatcherOptions,
  { topic, saw }: Balances,
): Promise<void> {
  let offset = 0;
  const committedOnly = random.chance(0.7);
  while (!over()) {
    const found = await orNothing(fetchTexts(client, { topic, partition, offset, maxBytes: random.int(100, 8_000), committedOnly }));
    if (found) {
      saw(partition, found.records, committedOnly);
      offset = random.chance(0.1) ? random.int(0, found.lastStableOffset) : found.nextOffset;
    }
    await client.time.pause(random.int(0, maxPauseMs));
  }
}

async function orNothing(fetching: Promise<Fetched | undefined>): Promise<Fetched | undefined> {
  try {
    return await fetching;
  } catch (error) {
    if (!isLoss(error)) throw error;
    return undefined;
  }
}

/**
 * What is committed of a partition, from its beginning on. Readers go no further than where the oldest open transaction began, which may
 * be between two records of a committed one: so whole are those whose last record has been passed.
 */
function committedPrefix(book: Book, title: string) {
  const counts = new Map<string, number>();
  const parts = new Set<string>();
  let awaited: Transaction[] = [];
  let heard = 0;
  const plannedOf = (name: string) => book.transactions.get(name)?.planned.get(title) ?? 0;
  const hasPassed = (transaction: Transaction | undefined, offset: number) => (transaction?.lastOffsets.get(title) ?? offset) < offset;

  return {
    read({ records, nextOffset }: Fetched, sentMs: number) {
      for (const { text } of records) {
        const name = transactionOf(text);
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        if (count === plannedOf(name)) parts.delete(name);
        else parts.add(name);
      }
      for (const part of parts) {
        if (hasPassed(book.transactions.get(part), nextOffset))
          throw new Error(`${title}: below ${nextOffset} of ${part} ${counts.get(part)} of ${plannedOf(part)} records are there`);
      }
      const settled = book.settledIn(title);
      for (let next = settled[heard]; next && (next.settledAtMs ?? sentMs) < sentMs; next = settled[++heard]) {
        if (next.fate === "committed") awaited.push(next);
      }
      for (const transaction of awaited) {
        if (hasPassed(transaction, nextOffset) && counts.get(transaction.name) !== plannedOf(transaction.name))
          throw new Error(`${title}: ${transaction.name} is committed and complete, and was not seen below ${nextOffset}`);
      }
      awaited = awaited.filter((transaction) => !hasPassed(transaction, nextOffset));
    },
  };
}
