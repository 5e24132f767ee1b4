// Transactional ids as records of __transaction_state: Kafka's format, of which version 1 is written and all are read.
//
// The epoch before the current one has no place in the record. Where version 2 raised it, it is known all the same: it is one less.
import {
  decodeVersioned,
  encodeVersioned,
  type MessageOf,
  ProtocolError,
  TransactionLogKey,
  TransactionLogValue,
  versionedPrefix,
} from "@moldau/protocol";
import type { EncodedEvent } from "../runtime/machine.js";
import { type TransactionsEvent, transactionEvent } from "./state.js";
import {
  LAST_EPOCH,
  NO_EPOCH,
  type Partitions,
  raisesEpoch,
  STATUS_NAMES,
  type Transaction,
  type TransactionStatus,
  type TransactionVersion,
} from "./transaction.js";

const KEY_VERSION = 0;
const VALUE_VERSION = 1;
const RECORD_TYPE = TransactionLogKey.recordType;

export function encodeTransaction({ transactionalId, transaction }: TransactionsEvent): EncodedEvent {
  const key = encodeVersioned(TransactionLogKey, KEY_VERSION, { transactionalId });
  return { key, value: transaction ? encodeVersioned(TransactionLogValue, VALUE_VERSION, logValueOf(transaction)) : null };
}

/** Undefined for a key of another kind. Throws ProtocolError for what cannot be read. */
export function decodeTransaction(key: Uint8Array, value: Uint8Array | null): TransactionsEvent | undefined {
  if (versionedPrefix(key) !== RECORD_TYPE) return undefined;
  const { transactionalId } = decodeVersioned(TransactionLogKey, key).value;
  return transactionEvent(transactionalId, value ? transactionOf(decodeVersioned(TransactionLogValue, value).value) : undefined);
}

const logValueOf = (transaction: Transaction) => ({
  producerId: transaction.producerId,
  previousProducerId: transaction.previousProducerId,
  nextProducerId: transaction.nextProducerId,
  producerEpoch: transaction.producerEpoch,
  transactionTimeoutMs: transaction.timeoutMs,
  transactionStatus: STATUS_NAMES.indexOf(transaction.status),
  transactionPartitions: transaction.status === "Empty" ? null : topicsOf(transaction.partitions),
  transactionLastUpdateTimestampMs: transaction.updatedAtMs,
  transactionStartTimestampMs: transaction.startedAtMs,
  clientTransactionVersion: transaction.clientVersion,
});

const topicsOf = (partitions: Partitions) => [...partitions].map(([topic, indexes]) => ({ topic, partitionIds: [...indexes] }));

function transactionOf(value: MessageOf<typeof TransactionLogValue>): Transaction {
  const status = statusOf(value.transactionStatus);
  const clientVersion = versionOf(value.clientTransactionVersion);
  const partitions = new Map((value.transactionPartitions ?? []).map(({ topic, partitionIds }) => [topic, new Set(partitionIds)]));
  const producer = {
    status,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    clientVersion,
  };
  return {
    ...producer,
    lastProducerEpoch: lastEpochOf(producer),
    timeoutMs: value.transactionTimeoutMs,
    partitions,
    startedAtMs: value.transactionStartTimestampMs,
    updatedAtMs: value.transactionLastUpdateTimestampMs,
  };
}

function lastEpochOf({ status, clientVersion, producerEpoch }: Pick<Transaction, "status" | "clientVersion" | "producerEpoch">): number {
  if (status === "Empty" || status === "Ongoing" || !raisesEpoch(clientVersion)) return NO_EPOCH;
  return producerEpoch === 0 ? LAST_EPOCH : producerEpoch - 1;
}

function statusOf(id: number): TransactionStatus {
  const name = STATUS_NAMES[id];
  if (name === undefined || name === "Dead" || name === "PrepareEpochFence") throw damaged("transactionStatus", id);
  return name;
}

function versionOf(level: number): TransactionVersion {
  if (level !== 0 && level !== 1 && level !== 2) throw damaged("clientTransactionVersion", level);
  return level;
}

const damaged = (field: string, value: number) => new ProtocolError(TransactionLogValue.name, field, 0, `it cannot be ${value}`);
