// DescribeTransactions and ListTransactions (KIP-664, KIP-994, KIP-1152): what administrators see.
import { type ErrorName, errors } from "@moldau/protocol";
import { compileTopicRegex } from "../groups/subscriptions/topic-regex.js";
import { reply } from "../runtime/machine.js";
import type { DescribedTransaction, DescribeTransactionCommand, ListTransactionsCommand } from "./commands.js";
import { decision, type TransactionsDecision } from "./decision.js";
import type { TransactionsState } from "./state.js";
import { STATUS_NAMES, type Transaction } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

type Listed = readonly { readonly transactionalId: string; readonly producerId: number; readonly transactionState: string }[];

export function describeTransaction({ transactions }: TransactionsState, command: DescribeTransactionCommand): TransactionsDecision {
  const { ticket, request } = command;
  const { transactionalId } = request;
  const transaction = transactions.get(transactionalId);
  const error = transactionalId === "" ? "INVALID_REQUEST" : "TRANSACTIONAL_ID_NOT_FOUND";
  const described = transaction ? descriptionOf(transactionalId, transaction) : undescribedTransaction(transactionalId, error);
  return decision({ replies: [reply(ticket, described)] });
}

const descriptionOf = (transactionalId: string, transaction: Transaction): DescribedTransaction => ({
  errorCode: errors.NONE.code,
  transactionalId,
  transactionState: transaction.status,
  transactionTimeoutMs: transaction.timeoutMs,
  transactionStartTimeMs: transaction.startedAtMs,
  producerId: transaction.producerId,
  producerEpoch: transaction.producerEpoch,
  topics: [...transaction.partitions].map(([topic, partitions]) => ({ topic, partitions: [...partitions] })),
});

/** The answer for an id that cannot be described. */
export const undescribedTransaction = (transactionalId: string, error: ErrorName): DescribedTransaction => ({
  errorCode: errors[error].code,
  transactionalId,
  transactionState: "",
  transactionTimeoutMs: 0,
  transactionStartTimeMs: 0,
  producerId: 0,
  producerEpoch: 0,
  topics: [],
});

/** Filters that name nothing let everything pass; the duration's does when it is negative. */
export function listTransactions(
  { transactions }: TransactionsState,
  { ticket, request }: ListTransactionsCommand,
  { now }: TransactionsWorld,
): TransactionsDecision {
  const answer = (error: ErrorName, unknownStateFilters: readonly string[], transactionStates: Listed) =>
    decision({ replies: [reply(ticket, { throttleTimeMs: 0, errorCode: errors[error].code, unknownStateFilters, transactionStates })] });

  const pattern = request.transactionalIdPattern ? compileTopicRegex(request.transactionalIdPattern) : undefined;
  if (pattern && "error" in pattern) return answer("INVALID_REGULAR_EXPRESSION", [], []);
  const states = new Set(request.stateFilters);
  const producerIds = new Set(request.producerIdFilters);
  const longerThanMs = request.durationFilter;

  const listed = [];
  for (const [transactionalId, { status, producerId, startedAtMs }] of transactions) {
    if (producerIds.size > 0 && !producerIds.has(producerId)) continue;
    if (states.size > 0 && !states.has(status)) continue;
    if (longerThanMs >= 0 && now - startedAtMs <= longerThanMs) continue;
    if (pattern && !pattern.matches(transactionalId)) continue;
    listed.push({ transactionalId, producerId, transactionState: status });
  }
  const known: readonly string[] = STATUS_NAMES;
  return answer(
    "NONE",
    request.stateFilters.filter((name) => !known.includes(name)),
    listed,
  );
}
