// Transactions that stay open longer than their producer said are aborted, and the producer is fenced.
import type { TransactionsTimerCommand } from "./commands.js";
import { NOTHING, type TransactionsDecision } from "./decision.js";
import { end } from "./markers.js";
import type { TransactionsState } from "./state.js";
import { NO_PRODUCER_ID, raisesEpoch, type Transaction } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

export function timedOut(
  { transactions }: TransactionsState,
  { transactionalId, producerId, startedAtMs }: Extract<TransactionsTimerCommand, { readonly kind: "timedOut" }>,
  world: TransactionsWorld,
): TransactionsDecision {
  const transaction = transactions.get(transactionalId);
  const open = transaction?.status === "Ongoing" && transaction.producerId === producerId && transaction.startedAtMs === startedAtMs;
  return open ? fence(transactionalId, transaction, world) : NOTHING;
}

/** Aborts an open transaction over its producer's head: what the producer sends from now on is refused. */
export const fence = (transactionalId: string, transaction: Transaction, world: TransactionsWorld): TransactionsDecision =>
  end(
    transactionalId,
    transaction,
    { commit: false, clientVersion: raisesEpoch(world.config.transactionVersion) ? 2 : 0, fence: true, nextProducerId: NO_PRODUCER_ID },
    world,
  );
