// The producer as programs see it.
import type { Writable } from "node:stream";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError } from "../errors.js";
import { type Bytes, type Delivery, type ProducerOptions, type ProducerRecord, producerSettingsOf } from "./options.js";
import { pipelineOf } from "./pipeline.js";
import { preparer } from "./record.js";
import { sendingOver } from "./sending.js";
import { invalidState } from "./transaction/errors.js";
import { inTransaction, type Transaction, transactionOver } from "./transaction/transaction.js";
import { writableOver } from "./writable.js";

/** With a transactional id, records are sent by its transactions: its own `send` and the like are refused. */
export interface Producer<Key = Bytes, Value = Bytes> extends Sending<Key, Value> {
  /** Begins a transaction. Rejects with ClientError: INVALID_TXN_STATE when one is open, PRODUCER_FENCED when another producer has taken over. */
  begin(): Promise<Transaction<Key, Value>>;
  /**
   * Runs `work` in a transaction, which is committed when it is done, and aborted when it throws. Rejects with what it threw, or with
   * what kept the transaction from being committed.
   */
  transaction<Result>(work: (transaction: Transaction<Key, Value>) => Promise<Result>, options?: SendOptions): Promise<Result>;
  /**
   * A stream to pipe records into, or the values of records of one topic: as fast as brokers take them. It finishes when all is
   * acknowledged. The producer stays open.
   */
  writable(): Writable;
  writable(topic: string): Writable;
  /** Sends what is left, waits for acknowledgements, and gives up what has none after `timeoutMs` (default: deliveryTimeoutMs). Idempotent. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a producer and a transaction of it have in common. */
export interface Sending<Key = Bytes, Value = Bytes> {
  /** Resolves when the record is acknowledged. Rejects with ClientError, which names topic and partition. */
  send(record: ProducerRecord<Key, Value>, options?: SendOptions): Promise<Delivery>;
  /**
   * Resolves when all are acknowledged, with their places in the same order; an empty list at once. Rejects, once the fate of all is
   * known, with the first failure.
   */
  sendAll(records: Iterable<ProducerRecord<Key, Value>>, options?: SendOptions): Promise<readonly Delivery[]>;
  /**
   * Takes the record for sending, or answers false when the buffer is full: wait for `room` then, and try again. A failure to send it is
   * told by the next `flush` or `close`. The cheapest way to send.
   */
  enqueue(record: ProducerRecord<Key, Value>): boolean;
  /** Resolves when half of the buffer is free. */
  room(): Promise<void>;
  /** Sends what waits, without lingering, and resolves when all records given before are acknowledged. Rejects with the first failure of an enqueued one. */
  flush(): Promise<void>;
}

export interface SendOptions {
  /** When it fires the call rejects with its reason. A record that is in a batch already is sent all the same. */
  readonly signal?: AbortSignal | undefined;
}

export function producerOf<Key, Value>(
  cluster: Cluster,
  options: ProducerOptions<Key, Value> = {},
  closed: (producer: Producer<Key, Value>) => unknown = () => {},
): Producer<Key, Value> {
  const settings = producerSettingsOf(options);
  const pipeline = pipelineOf(cluster, settings);
  const { clock } = cluster.settings.world;
  const prepare = preparer(options.serializers, clock.now);
  const { transactions } = pipeline;
  const begin = async (): Promise<Transaction<Key, Value>> => {
    if (!transactions) throw new ClientError("INVALID_ARGUMENT", "transactions need a producer with a transactionalId");
    await transactions.begin();
    return transactionOver(pipeline, transactions, prepare);
  };
  let closing: Promise<void> | undefined;
  const close = (closeOptions?: { readonly timeoutMs?: number }): Promise<void> => {
    closing ??= pipeline.close(closeOptions?.timeoutMs ?? settings.deliveryTimeoutMs).finally(() => closed(producer));
    return closing;
  };
  const producer: Producer<Key, Value> = {
    ...sendingOver(pipeline, transactions ? outside : prepare),
    writable: (topic?: string) => writableOver(producer, topic),
    begin,
    transaction: async (work, signal) => inTransaction(await begin(), work, signal),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
  return producer;
}

const outside = (): never => {
  throw invalidState("a transactional producer sends within a transaction: use that of `transaction` or `begin`");
};
