// Partitions become part of a transaction: by AddPartitionsToTxn, by the first batch a producer writes there (KIP-890, version 2), or
// because a group's offsets are committed with it. And the question whether a partition is part of one.
import { type ErrorName, errors } from "@moldau/protocol";
import { reply } from "../runtime/machine.js";
import type { AddOffsetsCommand, AddPartitionsCommand, AddPartitionsRequest, AddPartitionsResult } from "./commands.js";
import { decision, NOTHING, type TransactionsDecision } from "./decision.js";
import { type TransactionsState, transactionEvent } from "./state.js";
import { timeoutTimers } from "./timeout-timer.js";
import { includes, isDecided, type Partitions, type Transaction, type TransactionVersion, withPartitions } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

/** Before this version, clients know only INVALID_PRODUCER_EPOCH. */
const FENCED_SINCE = 2;
/** From this version on it comes from brokers, for producers that speak version 2. */
const IMPLICIT_SINCE = 4;
const OFFSETS_TOPIC = "__consumer_offsets";

interface Addition {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitions: Partitions;
  readonly clientVersion: TransactionVersion;
}

interface Added {
  readonly decision: TransactionsDecision;
  readonly error: ErrorName;
}

export function addPartitions(state: TransactionsState, command: AddPartitionsCommand, world: TransactionsWorld): TransactionsDecision {
  const { ticket, request, version } = command;
  if (request.verifyOnly) return decision({ replies: [reply(ticket, verified(state, request))] });
  const clientVersion = version >= IMPLICIT_SINCE ? 2 : 0;
  const added = add(state, { ...request, partitions: partitionsOf(request), clientVersion }, world);
  const error = errorFor(version, added.error);
  return {
    ...added.decision,
    replies: [
      reply(
        ticket,
        resultOf(request, () => error),
      ),
    ],
  };
}

export function addOffsets(state: TransactionsState, command: AddOffsetsCommand, world: TransactionsWorld): TransactionsDecision {
  const { ticket, request, version, offsetsPartition } = command;
  const partitions = new Map([[OFFSETS_TOPIC, new Set([offsetsPartition])]]);
  const added = add(state, { ...request, partitions, clientVersion: 0 }, world);
  const errorCode = errors[errorFor(version, added.error)].code;
  return { ...added.decision, replies: [reply(ticket, { throttleTimeMs: 0, errorCode })] };
}

function add(state: TransactionsState, addition: Addition, world: TransactionsWorld): Added {
  const { transactionalId, producerId, producerEpoch, partitions, clientVersion } = addition;
  if (transactionalId === "") return { decision: NOTHING, error: "INVALID_REQUEST" };
  const transaction = state.transactions.get(transactionalId);
  if (transaction && isDecided(transaction)) return { decision: NOTHING, error: "CONCURRENT_TRANSACTIONS" };
  if (transaction?.producerId !== producerId) return { decision: NOTHING, error: "INVALID_PRODUCER_ID_MAPPING" };
  if (transaction.producerEpoch !== producerEpoch) return { decision: NOTHING, error: "PRODUCER_FENCED" };
  const open = transaction.status === "Ongoing";
  if (open && includes(transaction, partitions)) return { decision: NOTHING, error: "NONE" };
  const next = withPartitions(transaction, partitions, clientVersion, world.now);
  const timers = open ? [] : timeoutTimers(transactionalId, next, world);
  return { decision: decision({ events: [transactionEvent(transactionalId, next)], timers }), error: "NONE" };
}

/** Whether batches of this producer may go to the partitions. A transaction that was ended behind its back is not open any more. */
function verified({ transactions }: TransactionsState, request: AddPartitionsRequest): AddPartitionsResult {
  const transaction = transactions.get(request.transactionalId);
  const error = verificationError(transaction, request);
  return resultOf(request, (topic, partition) => {
    if (error) return error;
    return transaction?.partitions.get(topic)?.has(partition) ? "NONE" : "TRANSACTION_ABORTABLE";
  });
}

function verificationError(transaction: Transaction | undefined, request: AddPartitionsRequest): ErrorName | undefined {
  if (request.transactionalId === "") return "INVALID_REQUEST";
  if (transaction?.producerId !== request.producerId) return "INVALID_PRODUCER_ID_MAPPING";
  if (transaction.producerEpoch !== request.producerEpoch) return "PRODUCER_FENCED";
  return isDecided(transaction) ? "CONCURRENT_TRANSACTIONS" : undefined;
}

function partitionsOf({ topics }: AddPartitionsRequest): Partitions {
  const partitions = new Map<string, Set<number>>();
  for (const { name, partitions: indexes } of topics) {
    if (indexes.length === 0) continue;
    partitions.set(name, new Set([...(partitions.get(name) ?? []), ...indexes]));
  }
  return partitions;
}

const resultOf = (
  { transactionalId, topics }: AddPartitionsRequest,
  errorOf: (topic: string, partition: number) => ErrorName,
): AddPartitionsResult => ({
  transactionalId,
  topicResults: topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errors[errorOf(name, partitionIndex)].code,
    })),
  })),
});

const errorFor = (version: number, error: ErrorName): ErrorName =>
  error === "PRODUCER_FENCED" && version < FENCED_SINCE ? "INVALID_PRODUCER_EPOCH" : error;
