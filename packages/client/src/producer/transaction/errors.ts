// What goes wrong with transactions: some errors end the transaction, some the producer.
import type { ErrorName } from "@moldau/protocol";
import { ClientError } from "../../errors.js";

/** After these the producer is of no use: another has its id, or it may not have it. */
const FATAL: ReadonlySet<string> = new Set<ErrorName>([
  "PRODUCER_FENCED",
  "INVALID_PRODUCER_EPOCH",
  "INVALID_PRODUCER_ID_MAPPING",
  "INVALID_TXN_STATE",
  "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "UNSUPPORTED_VERSION",
  "TRANSACTION_COORDINATOR_FENCED",
  "INVALID_TRANSACTION_TIMEOUT",
]);

/** Of what a coordinator says. A leader's INVALID_PRODUCER_EPOCH may also mean that the transaction timed out: aborting shows which. */
export const isFatal = (error: unknown): error is ClientError => error instanceof ClientError && FATAL.has(error.code);

/** The error in words that say what happened to this producer. */
export function fatalError(cause: ClientError, transactionalId: string, transactionTimeoutMs: number): ClientError {
  const message = FENCED.has(cause.code)
    ? `another producer uses the transactional id "${transactionalId}", or a transaction took longer than ${transactionTimeoutMs} ms ` +
      `and was aborted: make a new producer (${cause.code})`
    : `the producer of transactional id "${transactionalId}" cannot go on: ${cause.message}`;
  return new ClientError(cause.code, message, { cause });
}

const FENCED: ReadonlySet<string> = new Set<ErrorName>(["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"]);

/** The transaction cannot be committed any more. */
export function abortableError(cause: ClientError, transactionTimeoutMs: number): ClientError {
  const { topic, partition } = cause;
  const why = FENCED.has(cause.code)
    ? `it took longer than ${transactionTimeoutMs} ms and was aborted by the cluster, or another producer uses the transactional id (${cause.code})`
    : cause.message;
  return new ClientError("TRANSACTION_ABORTABLE", `the transaction must be aborted: ${why}`, { topic, partition, cause });
}

export const invalidState = (message: string): ClientError => new ClientError("INVALID_TXN_STATE", message);
