// What the transactions machine may know of the world at the moment of a decision.
import type { Millis } from "@moldau/std";
import type { TransactionVersion } from "./transaction.js";

export interface TransactionsWorld {
  readonly now: Millis;
  readonly config: TransactionsConfig;
  /** A producer id that nobody has; undefined: none is at hand just now. One that is not used is lost, which does no harm. */
  readonly newProducerId: () => number | undefined;
}

/** Kafka's settings, in camel case. */
export interface TransactionsConfig {
  readonly transactionMaxTimeoutMs: number;
  readonly transactionalIdExpirationMs: number;
  readonly transactionRemoveExpiredTransactionCleanupIntervalMs: number;
  readonly transactionTwoPhaseCommitEnable: boolean;
  /** The finalized feature transaction.version: what the coordinator's own aborts follow. */
  readonly transactionVersion: TransactionVersion;
}
