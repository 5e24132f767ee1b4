// What tests of transactions do: a producer that writes in transactions, and readers of what is committed.
import { systemTimers } from "@moldau/env";
import {
  AddOffsetsToTxn,
  AddPartitionsToTxn,
  DescribeTransactions,
  EndTxn,
  type ErrorName,
  Fetch,
  InitProducerId,
  ListOffsets,
  Produce,
  type ResponseOf,
} from "@moldau/protocol";
import type { TestClient } from "./test-client.js";
import { batchOf, type Fetched, nameOf } from "./topics.js";

/** transaction.version 2: EndTxn raises the epoch; 0: it stays. */
export type Speaks = 0 | 2;

export interface TransactionalProducer {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Writes one batch to a partition, as part of the transaction. With version 0, the partition must be added before. */
  write(topic: string, values: readonly string[], partition?: number): Promise<ErrorName>;
  add(topic: string, partition?: number): Promise<ErrorName>;
  /** Offsets of that group are to be part of it. */
  addOffsets(group: string): Promise<ErrorName>;
  commit(): Promise<ErrorName>;
  abort(): Promise<ErrorName>;
}

export interface InitOptions {
  readonly timeoutMs?: number;
  readonly speaks?: Speaks;
  /** The key of a record by its value. Default: it has none. */
  readonly keyOf?: (value: string) => string;
}

export const initTransactions = (
  client: TestClient,
  transactionalId: string,
  timeoutMs = 60_000,
): Promise<ResponseOf<typeof InitProducerId>> =>
  client.ask(InitProducerId, 5, { transactionalId, transactionTimeoutMs: timeoutMs, producerId: -1, producerEpoch: -1 });

/** One that has asked until the id was its own. */
export async function transactionalProducer(
  client: TestClient,
  transactionalId: string,
  { timeoutMs = 60_000, speaks = 2, keyOf }: InitOptions = {},
): Promise<TransactionalProducer> {
  const initialized = await again(() => initTransactions(client, transactionalId, timeoutMs));
  if (initialized.errorCode !== 0) throw new Error(`${transactionalId}: ${nameOf(initialized.errorCode)}`);
  let { producerId, producerEpoch } = initialized;
  const sequences = new Map<string, number>();

  const end = async (committed: boolean): Promise<ErrorName> => {
    const request = { transactionalId, producerId, producerEpoch, committed };
    const answer = await again(() => client.ask(EndTxn, speaks === 2 ? 5 : 4, request));
    if (answer.errorCode !== 0 || speaks !== 2) return nameOf(answer.errorCode) as ErrorName;
    ({ producerId, producerEpoch } = answer);
    sequences.clear();
    return "NONE";
  };
  return {
    transactionalId,
    get producerId() {
      return producerId;
    },
    get producerEpoch() {
      return producerEpoch;
    },
    async write(topic, values, partition = 0) {
      const key = `${partition} ${topic}`;
      const baseSequence = sequences.get(key) ?? 0;
      const of = { producerId, producerEpoch, baseSequence, transactional: true };
      const keyed = keyOf && { records: values.map((value) => ({ key: Buffer.from(keyOf(value)), value: Buffer.from(value) })) };
      const records = batchOf(values, { ...of, ...keyed });
      const { responses } = await client.ask(Produce, speaks === 2 ? 12 : 11, {
        transactionalId,
        acks: -1,
        timeoutMs: 1_000,
        topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
      });
      const error = nameOf(responses[0]?.partitionResponses[0]?.errorCode ?? -1) as ErrorName;
      if (error === "NONE") sequences.set(key, baseSequence + values.length);
      return error;
    },
    async add(topic, partition = 0) {
      const answer = await again(async () => {
        const { resultsByTopicV3AndBelow } = await client.ask(AddPartitionsToTxn, 3, {
          v3AndBelowTransactionalId: transactionalId,
          v3AndBelowProducerId: producerId,
          v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: [{ name: topic, partitions: [partition] }],
        });
        return { errorCode: resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? -1 };
      });
      return nameOf(answer.errorCode) as ErrorName;
    },
    async addOffsets(groupId) {
      const answer = await again(() => client.ask(AddOffsetsToTxn, 3, { transactionalId, producerId, producerEpoch, groupId }));
      return nameOf(answer.errorCode) as ErrorName;
    },
    commit: () => end(true),
    abort: () => end(false),
  };
}

const RETRIABLE: readonly string[] = [
  "CONCURRENT_TRANSACTIONS",
  "COORDINATOR_LOAD_IN_PROGRESS",
  "COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR",
] satisfies readonly ErrorName[];
const ATTEMPTS = 1_000;

/** Asks until the answer is not one that tells to ask again. */
async function again<Answer extends { readonly errorCode: number }>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    if (attempt === ATTEMPTS || !RETRIABLE.includes(nameOf(answer.errorCode))) return answer;
    await systemTimers.yield();
  }
}

/** Fetches what is committed, without waiting unless told to. */
export async function fetchCommitted(
  client: TestClient,
  topic: string,
  fetchOffset: number,
  { partition = 0, maxWaitMs = 0 }: { readonly partition?: number; readonly maxWaitMs?: number } = {},
): Promise<Fetched> {
  const { responses } = await client.ask(Fetch, 12, {
    maxWaitMs,
    minBytes: 1,
    isolationLevel: 1,
    topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1024 * 1024 }] }],
    forgottenTopicsData: [],
  });
  const answer = responses[0]?.partitions[0];
  if (!answer) throw new Error("fetch was not answered");
  return answer;
}

/** The end as readers of what is committed know it. */
export async function committedEnd(client: TestClient, topic: string, partition = 0): Promise<number> {
  const { topics } = await client.ask(ListOffsets, 7, {
    replicaId: -1,
    isolationLevel: 1,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, currentLeaderEpoch: -1, timestamp: -1 }] }],
  });
  return topics[0]?.partitions[0]?.offset ?? -1;
}

/** Waits until the transaction has that state; gives it. */
export async function stateOf(client: TestClient, transactionalId: string, awaited?: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { transactionStates } = await client.ask(DescribeTransactions, 0, { transactionalIds: [transactionalId] });
    const [described] = transactionStates;
    const state = described?.errorCode === 0 ? described.transactionState : nameOf(described?.errorCode ?? -1);
    if (!awaited || state === awaited || attempt === ATTEMPTS) return state;
    await systemTimers.yield();
  }
}
