// Kafka's defaults: what scenarios begin with.
import type { TransactionsConfig } from "../world.js";

export const testConfig: TransactionsConfig = {
  transactionMaxTimeoutMs: 900_000,
  transactionalIdExpirationMs: 604_800_000,
  transactionRemoveExpiredTransactionCleanupIntervalMs: 3_600_000,
  transactionTwoPhaseCommitEnable: false,
  transactionVersion: 2,
};
