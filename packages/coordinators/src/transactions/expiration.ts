// Transactional ids that nobody has used for long are forgotten (transactional.id.expiration.ms), unless a transaction of theirs is open.
import type { TimerChange } from "../runtime/machine.js";
import type { TransactionsCommand, TransactionsTimerCommand } from "./commands.js";
import { decision, type TransactionsDecision } from "./decision.js";
import { type TransactionsEvent, type TransactionsState, transactionEvent } from "./state.js";
import { isDecided, type Transaction } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

/** More than these wait for the next turn, so that others are not kept waiting. */
const EXPIRED_AT_ONCE = 1_000;

export const expirationTimer = (afterMs: number): TimerChange<TransactionsCommand> => ({
  kind: "set",
  name: "expiration",
  afterMs,
  command: { kind: "expirationDue" },
});

export function expirationDue(
  { transactions }: TransactionsState,
  _due: Extract<TransactionsTimerCommand, { readonly kind: "expirationDue" }>,
  { now, config }: TransactionsWorld,
): TransactionsDecision {
  const events: TransactionsEvent[] = [];
  for (const [transactionalId, transaction] of transactions) {
    if (!isIdle(transaction) || transaction.updatedAtMs > now - config.transactionalIdExpirationMs) continue;
    if (events.length === EXPIRED_AT_ONCE) return decision({ events, timers: [expirationTimer(0)] });
    events.push(transactionEvent(transactionalId, undefined));
  }
  return decision({ events, timers: [expirationTimer(config.transactionRemoveExpiredTransactionCleanupIntervalMs)] });
}

const isIdle = (transaction: Transaction): boolean => transaction.status !== "Ongoing" && !isDecided(transaction);
