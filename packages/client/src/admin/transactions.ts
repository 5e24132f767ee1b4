// Transactions and the producers that write them: listed, described, ended from outside (KIP-664).
import { DescribeProducers, DescribeTransactions, InitProducerId, ListTransactions, WriteTxnMarkers } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError, errorOf } from "../errors.js";
import { everywhere } from "./everywhere.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { type TopicPartition, toCoordinator, toLeader } from "./routes.js";
import { flattened, indexesByTopic, partitionKey } from "./topic-partitions.js";

/** As Kafka calls it: Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, Dead, PrepareEpochFence. */
export type TransactionState = string;

export interface TransactionListing {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly state: TransactionState;
}

export interface TransactionDescription extends TransactionListing {
  readonly producerEpoch: number;
  readonly timeoutMs: number;
  /** Milliseconds since 1970; undefined while none is open. */
  readonly startedMs: number | undefined;
  readonly partitions: readonly TopicPartition[];
  /** Node id. */
  readonly coordinator: number;
}

export interface ListTransactionsOptions extends AdminOptions {
  readonly states?: readonly TransactionState[];
  readonly producerIds?: readonly number[];
  /** Only those that have been open for longer. */
  readonly openForMs?: number;
  /** A regular expression (RE2) that the transactional id has to match. */
  readonly idPattern?: string;
}

export interface ProducerDescription {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastTimestampMs: number | undefined;
  /** Of the coordinator that ended its last transaction here; -1 when none has. */
  readonly coordinatorEpoch: number;
  /** Where its open transaction begins; undefined when none is open. */
  readonly transactionStartOffset: number | undefined;
}

export interface PartitionProducers extends TopicPartition {
  readonly producers: readonly ProducerDescription[];
}

/** A transaction that is open in a partition though its coordinator does not know it. */
export interface HangingTransaction extends TopicPartition {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
}

export interface FencedProducer {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

export interface Transactions {
  /** Of all brokers. Rejects with ClientError. */
  list(options?: ListTransactionsOptions): Promise<readonly TransactionListing[]>;
  /** Errors: TRANSACTIONAL_ID_NOT_FOUND, … */
  describe(transactionalIds: readonly string[], options?: AdminOptions): PerItem<string, TransactionDescription>;
  /** Aborts open transactions of these ids; whoever used them is fenced off (KIP-360). */
  fence(transactionalIds: readonly string[], options?: AdminOptions): PerItem<string, FencedProducer>;
  /** Writes an abort marker into one partition: for a transaction that hangs, never for one that its coordinator knows. */
  abort(transactions: readonly HangingTransaction[], options?: AdminOptions): PerItem<HangingTransaction, void>;
  /** The producers that partitions remember. */
  producers(partitions: readonly TopicPartition[], options?: AdminOptions): PerItem<TopicPartition, PartitionProducers>;
}

/** The first versions of ListTransactions that filter by age (KIP-994) and by pattern (KIP-1152). */
const BY_AGE = 1;
const BY_PATTERN = 2;

export function transactionsOf(cluster: Cluster): Transactions {
  const toTransaction = toCoordinator<string>(cluster, "transaction", (transactionalId) => transactionalId);
  return {
    list: async ({ states = [], producerIds = [], openForMs, idPattern, ...options } = {}) => {
      const listed = await everywhere(
        cluster,
        async (ask, nodeId, [item = nodeId]) => {
          const answer = await ask(nodeId, ListTransactions, (version) => {
            if ((openForMs !== undefined && version < BY_AGE) || (idPattern !== undefined && version < BY_PATTERN)) {
              throw new ClientError("UNSUPPORTED_BY_BROKER", "the broker is too old to list transactions by age or pattern");
            }
            return {
              stateFilters: states,
              producerIdFilters: producerIds,
              ...(openForMs !== undefined && { durationFilter: openForMs }),
              ...(idPattern !== undefined && { transactionalIdPattern: idPattern }),
            };
          });
          const unknown = answer.unknownStateFilters.join(", ");
          if (unknown !== "") throw new ClientError("INVALID_ARGUMENT", `the broker knows no such state of transactions: ${unknown}`);
          return [outcome(item, errorOf(answer.errorCode), () => answer.transactionStates)];
        },
        options,
      );
      const transactions = listed.flat().map(({ transactionalId, producerId, transactionState: state }) => ({
        transactionalId,
        producerId,
        state,
      }));
      return transactions.sort((a, b) => (a.transactionalId < b.transactionalId ? -1 : 1));
    },
    describe: (transactionalIds, options) =>
      inRounds(
        cluster,
        transactionalIds,
        toTransaction,
        async (ask, nodeId, some) => {
          const { transactionStates } = await ask(nodeId, DescribeTransactions, { transactionalIds: some });
          return transactionStates.map((one) =>
            outcome(one.transactionalId, errorOf(one.errorCode), () => ({
              transactionalId: one.transactionalId,
              producerId: one.producerId,
              producerEpoch: one.producerEpoch,
              state: one.transactionState,
              timeoutMs: one.transactionTimeoutMs,
              startedMs: one.transactionStartTimeMs < 0 ? undefined : one.transactionStartTimeMs,
              partitions: one.topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition }))),
              coordinator: nodeId,
            })),
          );
        },
        options,
      ),
    fence: (transactionalIds, options = {}) =>
      inRounds(
        cluster,
        transactionalIds,
        toTransaction,
        (ask, nodeId, some) =>
          Promise.all(
            some.map(async (transactionalId) => {
              const request = { transactionalId, transactionTimeoutMs: options.timeoutMs ?? cluster.settings.requestTimeoutMs };
              const { errorCode, ...fenced } = await ask(nodeId, InitProducerId, request, InitProducerId.stableVersions.max);
              const { producerId, producerEpoch } = fenced;
              return outcome(transactionalId, errorOf(errorCode), () => ({ transactionalId, producerId, producerEpoch }));
            }),
          ),
        options,
      ),
    abort: (transactions, options) =>
      inRounds(
        cluster,
        transactions,
        toLeader(cluster, (transaction) => transaction),
        (ask, nodeId, some) =>
          Promise.all(
            some.map(async (item) => {
              const { topic, partition, producerId, producerEpoch, coordinatorEpoch } = item;
              const topics = indexesByTopic([item]);
              const marker = { producerId, producerEpoch, coordinatorEpoch, transactionResult: false, topics };
              const { markers } = await ask(nodeId, WriteTxnMarkers, { markers: [marker] });
              const errorCode = markers[0]?.topics[0]?.partitions[0]?.errorCode ?? UNKNOWN;
              return outcome(item, errorOf(errorCode, undefined, { topic, partition }), () => {});
            }),
          ),
        options,
      ),
    producers: (partitions, options) =>
      inRounds(
        cluster,
        partitions,
        toLeader(cluster, (partition) => partition),
        async (ask, nodeId, some) => {
          const { topics } = await ask(nodeId, DescribeProducers, { topics: indexesByTopic(some) });
          return matched(some, partitionKey, flattened(topics), partitionKey, (item, { topic, partition, answer }) =>
            outcome(item, errorOf(answer.errorCode, answer.errorMessage, { topic, partition }), () => ({
              topic,
              partition,
              producers: answer.activeProducers.map(({ lastTimestamp, currentTxnStartOffset, ...producer }) => ({
                ...producer,
                lastTimestampMs: lastTimestamp < 0 ? undefined : lastTimestamp,
                transactionStartOffset: currentTxnStartOffset < 0 ? undefined : currentTxnStartOffset,
              })),
            })),
          );
        },
        options,
      ),
  };
}

/** UNKNOWN_SERVER_ERROR: the answer has nothing of the partition. */
const UNKNOWN = -1;
