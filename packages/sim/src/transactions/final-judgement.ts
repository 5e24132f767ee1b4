// The end of a world of transactions, in peace: nothing hangs, what was committed is there whole and once, and the sum is right.
import { errorByCode, ListTransactions } from "@moldau/protocol";
import { isLoss, type Reconnecting } from "../clients/reconnecting.js";
import type { SimTopic } from "../clients/topic.js";
import type { SeededRandom } from "../time/seeded-random.js";
import type { Balances } from "./balances.js";
import { type Book, type SeenText, transactionOf } from "./book.js";
import { committedOffset, inputName, inputOf, type Progress } from "./chain.js";
import { type Fetched, fetchTexts } from "./committed-fetch.js";
import { amountOf } from "./teller.js";

const LIST_VERSION = 2;
const RETRY_MS = 20;

/** Settles when no transaction is open or being completed any more. Throws when some are after `limitMs`. */
export async function noneIsOpen(client: Reconnecting, limitMs: number): Promise<void> {
  const endMs = client.time.nowMs() + limitMs;
  for (;;) {
    const { errorCode, transactionStates } = await client.insist(ListTransactions, LIST_VERSION, {
      stateFilters: ["Ongoing", "PrepareCommit", "PrepareAbort"],
      producerIdFilters: [],
      durationFilter: -1,
      transactionalIdPattern: null,
    });
    if (errorCode === 0 && transactionStates.length === 0) return;
    if (client.time.nowMs() > endMs) {
      const open = transactionStates.map(({ transactionalId, transactionState }) => `${transactionalId} (${transactionState})`);
      throw new Error(`in peace, transactions hang: ${open.join(", ") || errorByCode(errorCode).name}`);
    }
    await client.time.pause(RETRY_MS);
  }
}

export interface Bank {
  readonly accounts: readonly SimTopic[];
  readonly receipts: SimTopic | undefined;
  readonly balances: Balances | undefined;
  /** Of the chain's partitions. */
  readonly progress: readonly Progress[];
  readonly book: Book;
}

/** Throws, in sentences, when something is wrong. */
export async function judgeBank(
  client: Reconnecting,
  { accounts, receipts, balances, progress, book }: Bank,
  random: SeededRandom,
): Promise<void> {
  const found = new Map<string, number>();
  let sum = 0;
  const inputs: string[] = [];
  for (const [i, topic] of accounts.entries()) {
    for (const partition of topic.books.keys()) {
      const records = await readCommitted(client, topic, partition, book, random);
      count(found, records);
      for (const { text } of records) sum += amountOf(text);
      if (i === 0) inputs.push(...records.map(({ offset }) => inputName(partition, offset)));
      if (i === 0 && receipts) await groupIsAtEnd(client, topic, partition, progress[partition], records);
    }
  }
  const written: string[] = [];
  for (const partition of receipts?.books.keys() ?? []) {
    const records = receipts ? await readCommitted(client, receipts, partition, book, random) : [];
    count(found, records);
    written.push(...records.map(({ text }) => inputOf(text)));
  }
  checkOutcomes(book, found);
  if (sum !== 0) throw new Error(`the accounts come to ${sum}`);
  if (receipts) checkReceipts(inputs, written);
  for (const partition of balances?.topic.books.keys() ?? []) {
    if (!balances) continue;
    const { topic } = balances;
    const place = { client, topic, partition, random, committedOnly: true };
    const whole = await readFrom(place, 0, (_, got) => balances.saw(partition, got.records, true));
    balances.judge(partition, whole.records, (transaction) => found.has(transaction));
  }
}

const count = (found: Map<string, number>, records: readonly SeenText[]) => {
  for (const { text } of records) found.set(transactionOf(text), (found.get(transactionOf(text)) ?? 0) + 1);
};

function checkOutcomes({ transactions }: Book, found: ReadonlyMap<string, number>): void {
  for (const { name, fate, planned } of transactions.values()) {
    const there = found.get(name) ?? 0;
    const all = [...planned.values()].reduce((a, b) => a + b, 0);
    if (fate === "open" && there > 0) throw new Error(`${name} was not committed, and ${there} of its records are seen as if it were`);
    if (fate === "committed" && there !== all) throw new Error(`${name} is committed, and ${there} of its ${all} records are there`);
    if (there !== 0 && there !== all) throw new Error(`${name} may be committed or not, but ${there} of its ${all} records are there`);
  }
}

function checkReceipts(inputs: readonly string[], written: readonly string[]): void {
  const receipts = new Set<string>();
  for (const input of written) {
    if (receipts.has(input)) throw new Error(`the record ${input} has two receipts`);
    receipts.add(input);
  }
  for (const input of inputs) if (!receipts.delete(input)) throw new Error(`the record ${input} has no receipt`);
  for (const input of receipts) throw new Error(`there is a receipt for ${input}, where no record is`);
}

async function groupIsAtEnd(
  client: Reconnecting,
  topic: SimTopic,
  partition: number,
  progress: Progress | undefined,
  records: readonly SeenText[],
): Promise<void> {
  const offset = await committedOffset(client, topic, partition, progress ?? { committed: 0 });
  const left = records.find((record) => record.offset >= offset);
  if (left) throw new Error(`${topic.name}-${partition}: the group has committed ${offset}, and its records were processed`);
  const last = records.at(-1)?.offset ?? -1;
  if (last < 0 && offset > 0) throw new Error(`${topic.name}-${partition}: the group has committed ${offset}, and there is no record`);
}

/** From the first offset to the end, and that is stable; and once more from its middle. */
async function readCommitted(
  client: Reconnecting,
  topic: SimTopic,
  partition: number,
  book: Book,
  random: SeededRandom,
): Promise<readonly SeenText[]> {
  const title = `${topic.name}-${partition}`;
  const place = { client, topic, partition, random, committedOnly: true };
  const saw: Saw = (offset, found) => book.saw(title, offset, found.nextOffset, found.records);
  const whole = await readFrom(place, 0, saw);
  if (whole.lastStableOffset !== whole.highWatermark)
    throw new Error(`${title}: in peace, it is stable through ${whole.lastStableOffset} of ${whole.highWatermark}`);
  await readFrom(place, random.int(0, whole.highWatermark), saw);
  await readFrom({ ...place, committedOnly: false }, 0, (_, found) => book.sawAny(title, found.records));
  return whole.records;
}

interface ReadPlace {
  readonly client: Reconnecting;
  readonly topic: SimTopic;
  readonly partition: number;
  readonly random: SeededRandom;
  readonly committedOnly: boolean;
}
type Saw = (offset: number, found: Fetched) => void;

async function readFrom({ client, topic, partition, random, committedOnly }: ReadPlace, from: number, saw: Saw): Promise<Fetched> {
  const title = `${topic.name}-${partition}`;
  const records: SeenText[] = [];
  for (let offset = from, empty = 0; ; ) {
    const found = await insist(client, () =>
      fetchTexts(client, { topic, partition, offset, maxBytes: random.int(200, 20_000), committedOnly }),
    );
    saw(offset, found);
    records.push(...found.records);
    const end = committedOnly ? found.lastStableOffset : found.highWatermark;
    if (found.nextOffset >= end) return { ...found, records };
    empty = found.nextOffset === offset ? empty + 1 : 0;
    if (empty > 3) throw new Error(`${title}: offset ${offset} of ${end} could not be read`);
    offset = found.nextOffset;
  }
}

async function insist<Result>(client: Reconnecting, ask: () => Promise<Result | undefined>): Promise<Result> {
  for (;;) {
    try {
      const result = await ask();
      if (result !== undefined) return result;
    } catch (error) {
      if (!isLoss(error)) throw error;
    }
    await client.time.pause(RETRY_MS);
  }
}
