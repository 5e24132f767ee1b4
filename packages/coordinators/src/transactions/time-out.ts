// Transactions that stay open longer than their producer said are aborted, and the producer is fenced.
import type { TransactionsTimerCommand } from "./commands.js";
import { decision, NOTHING, type TransactionsDecision } from "./decision.js";
import { end } from "./markers.js";
import type { TransactionsState } from "./state.js";
import { timeoutTimer } from "./timeout-timer.js";
import { isExhausted, NO_PRODUCER_ID, raisesEpoch, type Transaction } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

/** When no producer id was at hand. */
const AGAIN_AFTER_MS = 1_000;

export function timedOut(
  { transactions }: TransactionsState,
  { transactionalId, producerId, startedAtMs }: Extract<TransactionsTimerCommand, { readonly kind: "timedOut" }>,
  world: TransactionsWorld,
): TransactionsDecision {
  const transaction = transactions.get(transactionalId);
  const open = transaction?.status === "Ongoing" && transaction.producerId === producerId && transaction.startedAtMs === startedAtMs;
  if (!open) return NOTHING;
  return fence(transactionalId, transaction, world) ?? decision({ timers: [timeoutTimer(transactionalId, transaction, AGAIN_AFTER_MS)] });
}

/**
 * Aborts an open transaction over its producer's head: what the producer sends from now on is refused. Undefined: that takes a producer
 * id, and none is at hand just now.
 */
export function fence(transactionalId: string, transaction: Transaction, world: TransactionsWorld): TransactionsDecision | undefined {
  const clientVersion = raisesEpoch(world.config.transactionVersion) ? 2 : 0;
  const nextProducerId = raisesEpoch(clientVersion) && isExhausted(transaction) ? world.newProducerId() : NO_PRODUCER_ID;
  if (nextProducerId === undefined) return undefined;
  return end(transactionalId, transaction, { commit: false, clientVersion, fence: true, nextProducerId }, world);
}
