// A link of a chain: reads what is committed of one partition of the bank, and writes a receipt for each record; how far it has read is
// part of the transaction. So each record has one receipt, whatever fails.
import { errorByCode, OffsetFetch } from "@moldau/protocol";
import { isLoss, type Reconnecting } from "../clients/reconnecting.js";
import type { SimTopic } from "../clients/topic.js";
import type { SeededRandom } from "../time/seeded-random.js";
import type { Book, SeenText } from "./book.js";
import { fetchTexts } from "./committed-fetch.js";
import type { TransactionalProducer } from "./producer.js";
import type { Life } from "./seat.js";

export const GROUP = "auditors";

export interface ChainOptions {
  readonly name: string;
  readonly client: Reconnecting;
  readonly random: SeededRandom;
  readonly from: SimTopic;
  readonly partition: number;
  readonly to: SimTopic;
  readonly book: Book;
  readonly progress: Progress;
  readonly producer: TransactionalProducer;
  readonly life: Life;
  readonly pause: () => Promise<void>;
  /** Whether nothing more will come. */
  readonly closed: () => boolean;
}

/** How far the group is known to be in a partition. */
export interface Progress {
  committed: number;
}

const OFFSET_FETCH_VERSION = 9;
const RETRY_MS = 10;

export async function link(options: ChainOptions): Promise<"done" | "more"> {
  const { name, client, random, from, partition, to, book, progress, producer, life, pause, closed } = options;
  await producer.init();
  let position = await committedOffset(client, from, partition, progress);
  for (let number = 1; ; ) {
    await life.step();
    if (life.finishing()) return "more";
    const found = await tried(
      fetchTexts(client, { topic: from, partition, offset: position, maxBytes: random.int(100, 2_000), committedOnly: true }),
    );
    if (!found) {
      await pause();
      continue;
    }
    book.saw(`${from.name}-${partition}`, position, found.nextOffset, found.records);
    if (found.records.length === 0) {
      const atEnd = found.nextOffset === found.highWatermark && found.lastStableOffset === found.highWatermark;
      if (closed() && atEnd) return "done";
      position = found.nextOffset;
      await pause();
      continue;
    }
    const inputs = found.records.slice(0, random.int(1, 6));
    const next = inputs.length === found.records.length ? found.nextOffset : (inputs.at(-1)?.offset ?? position) + 1;
    const receipts = receiptsOf(`${name}/${life.number}/${number++}`, inputs, partition, random, to);
    const transaction = book.begin(
      receipts.name,
      receipts.batches.map((batch) => `${to.name}-${batch.partition}`),
    );
    producer.begin(transaction);
    const whole = await producer.write(receipts.batches);
    if (whole) await producer.commitOffsets({ groupId: GROUP, topic: from.name, partition, offset: next });
    await producer.end(whole && random.chance(0.9));
    if (transaction.fate === "committed") {
      position = next;
      progress.committed = Math.max(progress.committed, next);
    }
    await pause();
  }
}

function receiptsOf(name: string, inputs: readonly SeenText[], from: number, random: SeededRandom, to: SimTopic) {
  const batches = inputs.map(({ offset }, place) => ({
    topic: to,
    partition: random.int(0, to.books.length - 1),
    texts: [`${name} ${place} ${inputName(from, offset)}`],
  }));
  return { name, batches };
}

export const inputName = (partition: number, offset: number): string => `${partition}@${offset}`;
/** The input that a receipt is for. */
export const inputOf = (text: string): string => text.split(" ")[2] ?? "";

async function tried<Result>(asking: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (!isLoss(error)) throw error;
    return undefined;
  }
}

/** Of the group, once no transaction may change it. */
export async function committedOffset(client: Reconnecting, topic: SimTopic, partition: number, progress: Progress): Promise<number> {
  for (;;) {
    const atLeast = progress.committed;
    const { groups } = await client.insist(OffsetFetch, OFFSET_FETCH_VERSION, {
      groups: [{ groupId: GROUP, memberId: null, memberEpoch: -1, topics: [{ name: topic.name, partitionIndexes: [partition] }] }],
      requireStable: true,
    });
    const found = groups[0]?.topics[0]?.partitions[0];
    const { name } = errorByCode(groups[0]?.errorCode || (found?.errorCode ?? 0));
    if (found && name === "NONE") {
      const offset = Math.max(0, found.committedOffset);
      if (offset < atLeast) throw new Error(`${topic.name}-${partition}: offset ${offset} is committed, where ${atLeast} was`);
      return offset;
    }
    if (!errorByCode(groups[0]?.errorCode || (found?.errorCode ?? 0)).retriable) throw new Error(`OffsetFetch is answered with ${name}`);
    await client.time.pause(RETRY_MS);
  }
}
