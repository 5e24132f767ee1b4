// What there is of transactions, counted when someone looks.
import type { Transactions } from "../transactions/transactions.js";
import type { MetricsRegistry } from "./registry.js";

/** Kafka's names, in the order in which a transaction has them. */
const STATES = ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort"] as const;

export function registerTransactionMetrics(registry: MetricsRegistry, transactions: Transactions): void {
  // One count serves the lines of one scrape; the first of them asks for it.
  let counted: ReadonlyMap<string, number> = new Map();
  for (const [i, state] of STATES.entries()) {
    const count = () => {
      if (i === 0) counted = byState(transactions);
      return counted.get(state) ?? 0;
    };
    registry.gauge("moldau_transactional_ids", "Transactional ids, by the state of their last transaction.", count, { state });
  }
  const pending = "Decided transactions whose markers are being written.";
  registry.gauge("moldau_transaction_markers_pending", pending, () => transactions.markersPending());
  const waiting = "Requests that wait for a coordinator of transactions.";
  registry.gauge("moldau_transaction_requests_waiting", waiting, () => transactions.occupancy().waiting);
}

function byState(transactions: Transactions): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const state of transactions.states()) {
    for (const { status } of state.transactions.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return counts;
}
