// When the time of an open transaction is up.
import type { TimerChange } from "../runtime/machine.js";
import type { TransactionsCommand } from "./commands.js";
import { NO_TIMEOUT_MS, type Transaction } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

const nameOf = (transactionalId: string): string => `timeout(${transactionalId})`;

/** Of an open transaction. Those of two-phase commit wait for as long as their own coordinator needs. */
export function timeoutTimers(
  transactionalId: string,
  { producerId, startedAtMs, timeoutMs }: Transaction,
  { now }: TransactionsWorld,
): readonly TimerChange<TransactionsCommand>[] {
  if (timeoutMs === NO_TIMEOUT_MS) return [];
  const command = { kind: "timedOut" as const, transactionalId, producerId, startedAtMs };
  // After a load some of it has passed; should the clock have gone back, no more than all of it is left.
  const afterMs = Math.min(timeoutMs, Math.max(0, startedAtMs + timeoutMs - now));
  return [{ kind: "set", name: nameOf(transactionalId), afterMs, command }];
}

export const cancelTimeout = (transactionalId: string): TimerChange<TransactionsCommand> => ({
  kind: "cancel",
  name: nameOf(transactionalId),
});
