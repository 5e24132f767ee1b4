// Markers: what a decided transaction writes into its partitions. The machine cannot write there; it asks for it, and is told when it is
// done. What it asks for is a reply to nobody: like all replies it goes out once the decision is durable, and not before.
import { type Reply, reply } from "../runtime/machine.js";
import type { MarkersWrittenCommand } from "./commands.js";
import { decision, NOTHING, type TransactionsDecision } from "./decision.js";
import { type TransactionsState, transactionEvent } from "./state.js";
import { cancelTimeout } from "./timeout-timer.js";
import { completed, decided, type Ending, isDecided, type Partitions, type Transaction, type TransactionVersion } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

/** The ticket that nobody holds: its replies are for the broker itself. */
export const OUTGOING = { id: 0 } as const;

/**
 * Write these, again and again until it is done, then tell `written`. May come more than once (after a load): writing a marker where no
 * transaction of this producer is open must do nothing. Partitions that no longer exist count as done.
 */
export interface MarkersToWrite {
  readonly commit: boolean;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** For WriteTxnMarkers v2 (KIP-890): with 2, the epoch is higher than any the transaction has written with. */
  readonly transactionVersion: TransactionVersion;
  readonly partitions: Partitions;
  readonly written: MarkersWrittenCommand;
}

/** The transaction is decided. One that has no partitions is complete with it. */
export function end(transactionalId: string, transaction: Transaction, ending: Ending, { now }: TransactionsWorld): TransactionsDecision {
  const prepared = decided(transaction, ending, now);
  const timers = transaction.status === "Ongoing" ? [cancelTimeout(transactionalId)] : [];
  return decision({
    events: [transactionEvent(transactionalId, prepared), ...ifEmpty(transactionalId, prepared, now)],
    replies: outgoing(transactionalId, prepared),
    timers,
  });
}

/** What a decided transaction still needs. */
export const finish = (transactionalId: string, prepared: Transaction, { now }: TransactionsWorld): TransactionsDecision =>
  decision({ events: ifEmpty(transactionalId, prepared, now), replies: outgoing(transactionalId, prepared) });

export function markersWritten(
  { transactions }: TransactionsState,
  { transactionalId, producerId, producerEpoch, decidedAtMs }: MarkersWrittenCommand,
  { now }: TransactionsWorld,
): TransactionsDecision {
  const transaction = transactions.get(transactionalId);
  // Markers that were asked for twice are written twice: the second time tells nothing about what has been decided since.
  const meant =
    transaction &&
    isDecided(transaction) &&
    transaction.producerId === producerId &&
    transaction.producerEpoch === producerEpoch &&
    transaction.updatedAtMs === decidedAtMs;
  return meant ? decision({ events: [transactionEvent(transactionalId, completed(transaction, now))] }) : NOTHING;
}

const ifEmpty = (transactionalId: string, prepared: Transaction, nowMs: number) =>
  prepared.partitions.size === 0 ? [transactionEvent(transactionalId, completed(prepared, nowMs))] : [];

function outgoing(transactionalId: string, prepared: Transaction): readonly Reply[] {
  const { status, producerId, producerEpoch, clientVersion, partitions, updatedAtMs } = prepared;
  if (partitions.size === 0) return [];
  const written = { kind: "markersWritten" as const, transactionalId, producerId, producerEpoch, decidedAtMs: updatedAtMs };
  const markers: MarkersToWrite = {
    commit: status === "PrepareCommit",
    producerId,
    producerEpoch,
    transactionVersion: clientVersion,
    partitions,
    written,
  };
  return [reply(OUTGOING, markers)];
}
