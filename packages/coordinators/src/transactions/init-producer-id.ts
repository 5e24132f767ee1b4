// InitProducerId with a transactional id: the producer gets an epoch above all before it, so that those are fenced (KIP-98). One that asks
// with the id and epoch it has goes on after an error, unless another has come since (KIP-360).
import type { ErrorName } from "@moldau/protocol";
import { errors } from "@moldau/protocol";
import { type Reply, reply } from "../runtime/machine.js";
import type { InitProducerIdCommand } from "./commands.js";
import { decision, type TransactionsDecision } from "./decision.js";
import { type TransactionsState, transactionEvent } from "./state.js";
import { fence } from "./time-out.js";
import { created, initialized, isExhausted, LAST_EPOCH, NO_EPOCH, NO_PRODUCER_ID, NO_TIMEOUT_MS, type Transaction } from "./transaction.js";
import type { TransactionsConfig, TransactionsWorld } from "./world.js";

/** Before this version, clients know only INVALID_PRODUCER_EPOCH. */
const FENCED_SINCE = 4;

interface Expected {
  readonly producerId: number;
  readonly producerEpoch: number;
}

export function initProducerId(state: TransactionsState, command: InitProducerIdCommand, world: TransactionsWorld): TransactionsDecision {
  const { request } = command;
  const { transactionalId } = request;
  const refusal = refusalOf(request, world.config);
  if (refusal) return decision({ replies: [refused(command, refusal)] });

  const timeoutMs = request.enable2Pc ? NO_TIMEOUT_MS : request.transactionTimeoutMs;
  const transaction = state.transactions.get(transactionalId);
  if (!transaction) {
    const producerId = world.newProducerId();
    if (producerId === undefined) return decision({ replies: [refused(command, "COORDINATOR_LOAD_IN_PROGRESS")] });
    return granted(command, created(producerId, timeoutMs, world.now));
  }

  const expected = request.producerId === NO_PRODUCER_ID ? undefined : request;
  if (transaction.status === "PrepareCommit" || transaction.status === "PrepareAbort") {
    return decision({ replies: [refused(command, "CONCURRENT_TRANSACTIONS")] });
  }
  if (expected && !mayBeIts(transaction, expected)) return decision({ replies: [refused(command, "PRODUCER_FENCED")] });
  // Who has begun it has its epoch; one that asks with another has a successor, whose transaction is not its to abort. (Kafka's coordinator
  // looks at the epoch only when none is open.)
  if (transaction.status === "Ongoing" && expected && expected.producerEpoch !== transaction.producerEpoch) {
    return decision({ replies: [refused(command, "PRODUCER_FENCED")] });
  }
  if (transaction.status === "Ongoing") {
    // The epoch that fences is nobody's: the client asks again, and gets the one after it.
    const aborted = fence(transactionalId, transaction, world);
    if (!aborted) return decision({ replies: [refused(command, "COORDINATOR_LOAD_IN_PROGRESS")] });
    return { ...aborted, replies: [refused(command, "CONCURRENT_TRANSACTIONS"), ...aborted.replies] };
  }
  const producer = nextProducer(transaction, expected, world);
  if (typeof producer === "string") return decision({ replies: [refused(command, producer)] });
  return granted(command, initialized(transaction, producer, timeoutMs, world.now));
}

function refusalOf(request: InitProducerIdCommand["request"], config: TransactionsConfig): ErrorName | undefined {
  if (request.transactionalId === "") return "INVALID_REQUEST";
  if (request.enable2Pc && !config.transactionTwoPhaseCommitEnable) return "TRANSACTIONAL_ID_AUTHORIZATION_FAILED";
  // Kafka has the field, and nothing behind it yet (KIP-939).
  if (request.keepPreparedTxn) return "UNSUPPORTED_VERSION";
  if (request.enable2Pc) return undefined;
  const allowed = request.transactionTimeoutMs > 0 && request.transactionTimeoutMs <= config.transactionMaxTimeoutMs;
  return allowed ? undefined : "INVALID_TRANSACTION_TIMEOUT";
}

/** Whether the producer id is the current one, or the one whose last epoch was followed by the current one. */
const mayBeIts = ({ producerId, previousProducerId }: Transaction, expected: Expected): boolean =>
  expected.producerId === producerId || (expected.producerId === previousProducerId && expected.producerEpoch >= LAST_EPOCH);

/** Of an id without an open transaction. */
function nextProducer(
  transaction: Transaction,
  expected: Expected | undefined,
  world: TransactionsWorld,
): Pick<Transaction, "producerId" | "producerEpoch" | "lastProducerEpoch"> | ErrorName {
  const { producerId, producerEpoch, lastProducerEpoch } = transaction;
  const isRetry = expected?.producerEpoch === lastProducerEpoch;
  if (expected && expected.producerEpoch !== producerEpoch) {
    if (!isRetry) return "PRODUCER_FENCED";
    // The answer was lost; but an epoch that only fences is given to nobody.
    if (producerEpoch <= LAST_EPOCH) return { producerId, producerEpoch, lastProducerEpoch };
  }
  const last = expected?.producerEpoch ?? NO_EPOCH;
  if (!isExhausted(transaction)) return { producerId, producerEpoch: producerEpoch + 1, lastProducerEpoch: last };
  const fresh = world.newProducerId();
  return fresh === undefined ? "COORDINATOR_LOAD_IN_PROGRESS" : { producerId: fresh, producerEpoch: 0, lastProducerEpoch: last };
}

function granted({ ticket, request }: InitProducerIdCommand, transaction: Transaction): TransactionsDecision {
  const { producerId, producerEpoch } = transaction;
  return decision({
    events: [transactionEvent(request.transactionalId, transaction)],
    replies: [reply(ticket, { throttleTimeMs: 0, errorCode: errors.NONE.code, producerId, producerEpoch })],
  });
}

function refused({ ticket, version }: InitProducerIdCommand, error: ErrorName): Reply {
  const known = error === "PRODUCER_FENCED" && version < FENCED_SINCE ? "INVALID_PRODUCER_EPOCH" : error;
  return reply(ticket, { throttleTimeMs: 0, errorCode: errors[known].code, producerId: NO_PRODUCER_ID, producerEpoch: NO_EPOCH });
}
