// A transactional producer as clients are, in both versions: of version 1 it says which partitions become part of a transaction before it
// writes there, and keeps its epoch; of version 2 (KIP-890) writing is enough, and each transaction has an epoch of its own.
// Everything is asked again until it is answered.
import { AddOffsetsToTxn, AddPartitionsToTxn, EndTxn, InitProducerId, Produce, TxnOffsetCommit } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { isLoss, type Reconnecting } from "../clients/reconnecting.js";
import type { SimTopic } from "../clients/topic.js";
import type { SeededRandom } from "../time/seeded-random.js";
import { answersTo, nameOf } from "./answers.js";
import type { Book, Transaction } from "./book.js";
import { FENCED, type Life } from "./seat.js";

export type Speaks = 1 | 2;

export interface ProducerOptions {
  readonly client: Reconnecting;
  /** Takes messages that arrive late. */
  readonly lateClient: Reconnecting;
  readonly random: SeededRandom;
  readonly transactionalId: string;
  readonly speaks: Speaks;
  readonly timeoutMs: number;
  readonly life: Life;
  readonly book: Book;
}

export interface ProducedBatch {
  readonly topic: SimTopic;
  readonly partition: number;
  readonly texts: readonly string[];
  /** Of each record; default: none. An empty text with a key is a tombstone. */
  readonly keys?: readonly string[];
  /** Told where it was stored. */
  readonly stored?: (baseOffset: number) => void;
}

export interface OffsetsToCommit {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface TransactionalProducer {
  /** Takes over the transactional id. */
  init(): Promise<void>;
  begin(transaction: Transaction): void;
  /** Resolves with whether all is stored; if not, the transaction must be aborted. */
  write(batches: readonly ProducedBatch[]): Promise<boolean>;
  commitOffsets(offsets: OffsetsToCommit): Promise<void>;
  end(commit: boolean): Promise<void>;
}

const VERSIONS = {
  1: { init: 4, produce: 11, offsets: 4, end: 4 },
  2: { init: 5, produce: 12, offsets: 5, end: 5 },
} as const;
const ADD_PARTITIONS_VERSION = 3;
const ADD_OFFSETS_VERSION = 3;
const IN_FLIGHT = 5;
const LATE_SHARE = 0.01;
const LATE_MS = 60;
interface Batch {
  readonly topic: SimTopic;
  readonly partition: number;
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly stored: ((baseOffset: number) => void) | undefined;
}

type Outcome = "acknowledged" | "again" | "behind";

export function transactionalProducer(options: ProducerOptions): TransactionalProducer {
  const { client, lateClient, random, transactionalId, speaks, timeoutMs, life, book } = options;
  const { time } = client;
  const versions = VERSIONS[speaks];
  const me = { transactionalId, producerId: -1, producerEpoch: -1 };
  const sequences = new Map<string, number>();
  const added = new Set<string>();
  let current: Transaction | undefined;
  let previous: Transaction | undefined;
  let unresolved = false;

  const answers = answersTo({ client, random, transactionalId, timeoutMs, life });
  const { again, judged } = answers;
  const initialize = async (as: { readonly producerId: number; readonly producerEpoch: number }) => {
    const request = { ...as, transactionalId, transactionTimeoutMs: timeoutMs };
    const { producerId, producerEpoch } = await again(
      "InitProducerId",
      () => client.request(InitProducerId, versions.init, request),
      ({ errorCode }) => errorCode,
      () => answers.mayBeMistaken(true),
    );
    answers.mayBeMistaken(false);
    Object.assign(me, { producerId, producerEpoch });
    sequences.clear();
  };
  const goesOn = () => {
    if (previous) book.settle(previous, time.nowMs());
    previous = undefined;
  };

  const batchOf = ({ topic, partition, texts, keys, stored }: ProducedBatch): Batch => {
    const key = `${topic.name}-${partition}`;
    const baseSequence = sequences.get(key) ?? 0;
    sequences.set(key, baseSequence + texts.length);
    const timestamp = time.wallMs();
    const bytes = buildBatch({
      records: texts.map((text, i) => {
        const key = keys?.[i];
        return { key: key === undefined ? null : Buffer.from(key), value: text === "" ? null : Buffer.from(text), timestamp };
      }),
      producerId: me.producerId,
      producerEpoch: me.producerEpoch,
      baseSequence,
      transactional: true,
    });
    return { topic, partition, bytes, count: texts.length, stored };
  };
  const addPartition = async ({ topic, partition }: Batch) => {
    const key = `${topic.name}-${partition}`;
    if (added.has(key)) return;
    answers.opens();
    await again(
      "AddPartitionsToTxn",
      () =>
        client.request(AddPartitionsToTxn, ADD_PARTITIONS_VERSION, {
          v3AndBelowTransactionalId: transactionalId,
          v3AndBelowProducerId: me.producerId,
          v3AndBelowProducerEpoch: me.producerEpoch,
          v3AndBelowTopics: [{ name: topic.name, partitions: [partition] }],
        }),
      (answer) => answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode,
    );
    added.add(key);
    goesOn();
  };
  const requestOf = ({ topic, partition, bytes }: Batch) => ({
    transactionalId,
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: topic.name, partitionData: [{ index: partition, records: bytes }] }],
  });
  const sendOne = async (batch: Batch): Promise<Outcome> => {
    const { topic, partition, count } = batch;
    const sentMs = time.nowMs();
    try {
      const { responses } = await client.request(Produce, versions.produce, requestOf(batch));
      const answer = responses[0]?.partitionResponses[0];
      const name = nameOf(answer?.errorCode);
      if (name === "OUT_OF_ORDER_SEQUENCE_NUMBER") return "behind";
      if (judged("Produce", name, sentMs, answer?.errorMessage) === "again") return "again";
      const title = `${topic.name}-${partition}`;
      const lastOffset = (answer?.baseOffset ?? 0) + count - 1;
      batch.stored?.(answer?.baseOffset ?? -1);
      current?.lastOffsets.set(title, Math.max(lastOffset, current.lastOffsets.get(title) ?? 0));
      return "acknowledged";
    } catch (error) {
      if (!isLoss(error)) throw error;
      return "again";
    }
  };
  /** Some at once; what was not taken is sent again in its order. Which those are. */
  const sendSome = async (batches: readonly Batch[]): Promise<readonly Batch[]> => {
    if (random.chance(LATE_SHARE)) {
      // A connection that is lost with all that was under way on it; which comes all the same, when nobody waits for it any more.
      time.after(random.float() * LATE_MS, () => {
        for (const batch of batches) lateClient.request(Produce, versions.produce, requestOf(batch)).catch(() => {});
      });
      return batches;
    }
    const settled = await Promise.allSettled(batches.map(sendOne));
    const failure = settled.find((one) => one.status === "rejected");
    if (failure) throw failure.reason;
    const left: Batch[] = [];
    for (const [i, one] of settled.entries()) {
      const batch = batches[i];
      if (!batch || one.status === "rejected") continue;
      if (one.value === "acknowledged") goesOn();
      else {
        const isFirst = !left.some((other) => other.partition === batch.partition && other.topic === batch.topic);
        if (one.value === "behind" && isFirst && !answers.hasReason())
          throw new Error(
            `${transactionalId}: a batch for ${batch.topic.name}-${batch.partition} was out of order though all before it was acknowledged`,
          );
        left.push(batch);
      }
    }
    return left;
  };

  return {
    async init() {
      life.takesOver();
      await initialize({ producerId: -1, producerEpoch: -1 });
      life.hasTakenOver();
    },
    begin(transaction) {
      current = transaction;
      added.clear();
      answers.closes();
    },
    async write(wanted) {
      let batches: readonly Batch[] = wanted.map(batchOf);
      if (speaks === 1) for (const batch of batches) await addPartition(batch);
      answers.opens();
      while (batches.length > 0) {
        await life.step();
        if (random.chance(0.005)) {
          unresolved = true;
          return false;
        }
        if (random.chance(0.02)) time.after(random.float() * 2, () => client.hangUp());
        const some = batches.slice(0, random.int(1, IN_FLIGHT));
        const left = await sendSome(some);
        batches = [...left, ...batches.slice(some.length)];
        if (left.length > 0) await time.pause(random.int(1, 20));
      }
      return true;
    },
    async commitOffsets({ groupId, topic, partition, offset }) {
      answers.opens();
      if (speaks === 1) {
        const request = { ...me, groupId };
        await again(
          "AddOffsetsToTxn",
          () => client.request(AddOffsetsToTxn, ADD_OFFSETS_VERSION, request),
          ({ errorCode }) => errorCode,
        );
      }
      await again(
        "TxnOffsetCommit",
        () =>
          client.request(TxnOffsetCommit, versions.offsets, {
            ...me,
            groupId,
            topics: [{ name: topic, partitions: [{ partitionIndex: partition, committedOffset: offset, committedMetadata: null }] }],
          }),
        (answer) => answer.topics[0]?.partitions[0]?.errorCode,
      );
    },
    async end(commit) {
      const transaction = current;
      if (!transaction) throw new Error("a transaction is ended that was not begun");
      await life.step();
      const isBegun = speaks === 2 || added.size > 0;
      if (isBegun) {
        // Of one who is fenced already nobody may ever see anything.
        const mayCommit = commit && life.fencedMs() === undefined;
        let doubts = 0;
        if (mayCommit) transaction.fate = "asked";
        try {
          const request = { ...me, committed: commit };
          const answer = await again(
            "EndTxn",
            () => client.request(EndTxn, versions.end, request),
            ({ errorCode }) => errorCode,
            () => doubts++,
          );
          if (speaks === 2) Object.assign(me, { producerId: answer.producerId, producerEpoch: answer.producerEpoch });
        } catch (error) {
          if (error === FENCED && doubts === 0) transaction.fate = "open";
          throw error;
        }
        if (commit) transaction.fate = "committed";
      }
      answers.closes();
      previous = transaction;
      if (speaks === 2) sequences.clear();
      else if (unresolved) await initialize({ producerId: me.producerId, producerEpoch: me.producerEpoch });
      unresolved = false;
    },
  };
}
