// The state of one partition of __transaction_state, and what happens to it.
import type { Transaction } from "./transaction.js";

export interface TransactionsState {
  /** By transactional id. */
  readonly transactions: Map<string, Transaction>;
}

/** A transactional id has a new state. Undefined: it has expired. */
export interface TransactionsEvent {
  readonly kind: "transaction";
  readonly transactionalId: string;
  readonly transaction: Transaction | undefined;
}

export const transactionEvent = (transactionalId: string, transaction: Transaction | undefined): TransactionsEvent => ({
  kind: "transaction",
  transactionalId,
  transaction,
});

export function applyTransaction({ transactions }: TransactionsState, { transactionalId, transaction }: TransactionsEvent): void {
  if (transaction) transactions.set(transactionalId, transaction);
  else transactions.delete(transactionalId);
}
