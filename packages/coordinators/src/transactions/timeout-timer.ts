// When the time of an open transaction is up.
import type { TimerChange } from "../runtime/machine.js";
import type { TransactionsCommand } from "./commands.js";
import { NO_TIMEOUT_MS, type Transaction } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

const nameOf = (transactionalId: string): string => `timeout(${transactionalId})`;

/** Of an open transaction. Those of two-phase commit wait for as long as their own coordinator needs. */
export function timeoutTimers(
  transactionalId: string,
  transaction: Transaction,
  { now }: TransactionsWorld,
): readonly TimerChange<TransactionsCommand>[] {
  const { startedAtMs, timeoutMs } = transaction;
  if (timeoutMs === NO_TIMEOUT_MS) return [];
  // After a load some of it has passed; should the clock have gone back, no more than all of it is left.
  const afterMs = Math.min(timeoutMs, Math.max(0, startedAtMs + timeoutMs - now));
  return [timeoutTimer(transactionalId, transaction, afterMs)];
}

export const timeoutTimer = (
  transactionalId: string,
  { producerId, startedAtMs }: Transaction,
  afterMs: number,
): TimerChange<TransactionsCommand> => ({
  kind: "set",
  name: nameOf(transactionalId),
  afterMs,
  command: { kind: "timedOut", transactionalId, producerId, startedAtMs },
});

export const cancelTimeout = (transactionalId: string): TimerChange<TransactionsCommand> => ({
  kind: "cancel",
  name: nameOf(transactionalId),
});
