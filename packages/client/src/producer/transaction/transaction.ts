// One transaction as programs see it.
import type { Bytes, ProducerRecord } from "../options.js";
import type { Pipeline } from "../pipeline.js";
import type { Sending, SendOptions } from "../producer.js";
import type { PreparedRecord } from "../record.js";
import { sendingOver } from "../sending.js";
import { invalidState } from "./errors.js";
import type { GroupIdentity, OffsetToCommit } from "./offsets.js";
import type { Transactions } from "./transactions.js";

export interface Transaction<Key = Bytes, Value = Bytes> extends Sending<Key, Value> {
  /** Stores how far a group has read, if the transaction is committed. `group`: its id, or what its consumer says of itself, which is checked then. */
  commitOffsets(group: string | GroupIdentity, offsets: Iterable<OffsetToCommit>): Promise<void>;
  /**
   * Resolves when the transaction is committed. Rejects with ClientError: TRANSACTION_ABORTABLE when it must be aborted, a fatal one when
   * the producer was fenced; with CONNECTION_LOST or TIMED_OUT it is not known whether it was committed, and may be asked again.
   */
  commit(): Promise<void>;
  /** Resolves when the transaction is aborted: nobody who reads committed records sees any of it. */
  abort(): Promise<void>;
  /** Committed, aborted, or on the way there. */
  readonly isOver: boolean;
  /** Aborts what was not committed. */
  [Symbol.asyncDispose](): Promise<void>;
}

export function transactionOver<Key, Value>(
  pipeline: Pipeline,
  transactions: Transactions,
  prepare: (record: ProducerRecord<Key, Value>) => PreparedRecord,
): Transaction<Key, Value> {
  let ending: "commit" | "abort" | undefined;
  const checkOpen = () => {
    if (ending) throw invalidState("the transaction is over");
    transactions.checkOpen();
  };
  const abort = async () => {
    if (ending === "commit") throw invalidState("the transaction is being committed");
    ending = "abort";
    await transactions.abort();
  };
  return {
    ...sendingOver(pipeline, (record: ProducerRecord<Key, Value>) => {
      checkOpen();
      return prepare(record);
    }),
    async flush() {
      await pipeline.flush();
      transactions.checkOpen();
    },
    async commitOffsets(group, offsets) {
      checkOpen();
      await transactions.commitOffsets(typeof group === "string" ? { groupId: group } : group, [...offsets]);
    },
    async commit() {
      if (ending === "abort") throw invalidState("the transaction is being aborted");
      ending = "commit";
      try {
        await transactions.commit();
      } catch (error) {
        if (transactions.mayAbort) ending = undefined;
        throw error;
      }
    },
    abort,
    get isOver() {
      return ending !== undefined;
    },
    async [Symbol.asyncDispose]() {
      if (!ending) await abort();
    },
  };
}

/** See Producer.transaction. */
export async function inTransaction<Key, Value, Result>(
  transaction: Transaction<Key, Value>,
  work: (transaction: Transaction<Key, Value>) => Promise<Result>,
  { signal }: SendOptions = {},
): Promise<Result> {
  try {
    const result = await work(transaction);
    signal?.throwIfAborted();
    if (!transaction.isOver) await transaction.commit();
    return result;
  } catch (error) {
    // What made the transaction fail says more than what keeps it from being aborted: the next one finds that out.
    if (!transaction.isOver) await transaction.abort().catch(() => {});
    throw error;
  }
}
