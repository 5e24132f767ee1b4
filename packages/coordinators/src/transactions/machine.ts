// The machine of transactions: what one partition of __transaction_state decides about its transactional ids.
//
//   init-producer-id   who is the producer of an id           time-out     transactions that stay open for too long
//   add-partitions     what a transaction has written to      expiration   ids that nobody uses any more
//   end-txn, markers   committed or aborted, and completed    records      how the topic keeps it
import type { Machine } from "../runtime/machine.js";
import { addOffsets, addPartitions } from "./add-partitions.js";
import { describeTransaction, listTransactions } from "./administration.js";
import type { TransactionsCommand } from "./commands.js";
import { allOf, type Deciders, decision, type TransactionsDecision } from "./decision.js";
import { endTxn } from "./end-txn.js";
import { expirationDue, expirationTimer } from "./expiration.js";
import { initProducerId } from "./init-producer-id.js";
import { finish, markersWritten } from "./markers.js";
import { decodeTransaction, encodeTransaction } from "./records.js";
import { applyTransaction, type TransactionsEvent, type TransactionsState } from "./state.js";
import { timedOut } from "./time-out.js";
import { timeoutTimers } from "./timeout-timer.js";
import { isDecided } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

const DECIDERS: Deciders = {
  initProducerId,
  addPartitions,
  addOffsets,
  endTxn,
  describeTransaction,
  listTransactions,
  markersWritten,
  timedOut,
  expirationDue,
};

type Decider = (state: TransactionsState, command: TransactionsCommand, world: TransactionsWorld) => TransactionsDecision;

export type TransactionsMachine = Machine<TransactionsState, TransactionsCommand, TransactionsEvent, TransactionsWorld>;

export const transactionsMachine: TransactionsMachine = {
  empty: () => ({ transactions: new Map() }),
  decide: (state, command, world) => (DECIDERS[command.kind] as Decider)(state, command, world),
  apply: applyTransaction,
  encode: encodeTransaction,
  decode: decodeTransaction,
  loaded({ transactions }, world) {
    const interval = world.config.transactionRemoveExpiredTransactionCleanupIntervalMs;
    const parts = [decision({ timers: [expirationTimer(interval)] })];
    for (const [transactionalId, transaction] of transactions) {
      if (isDecided(transaction)) parts.push(finish(transactionalId, transaction, world));
      else if (transaction.status === "Ongoing") parts.push(decision({ timers: timeoutTimers(transactionalId, transaction, world) }));
    }
    return allOf(parts);
  },
};
