// EndTxn: the producer commits or aborts. With version 2 (KIP-890) it gets a new epoch by it, and may ask again when the answer was lost:
//
//                    epoch is the current one          epoch is the one before it: a retry
//                    abort           commit            abort                  commit
//   Ongoing          PrepareAbort    PrepareCommit     PRODUCER_FENCED        PRODUCER_FENCED
//   Empty            PrepareAbort    INVALID_TXN_STATE PRODUCER_FENCED        PRODUCER_FENCED
//   CompleteAbort    PrepareAbort    INVALID_TXN_STATE NONE                   INVALID_TXN_STATE
//   CompleteCommit   PrepareAbort    INVALID_TXN_STATE INVALID_TXN_STATE      NONE
//
// With versions 0 and 1 the epoch must be the current one, and only what is the state already may be asked for again. A transaction that is
// decided and not complete makes the producer wait (CONCURRENT_TRANSACTIONS).
import { type ErrorName, errors } from "@moldau/protocol";
import { type Reply, reply } from "../runtime/machine.js";
import type { EndTxnCommand } from "./commands.js";
import { decision, type TransactionsDecision } from "./decision.js";
import { end } from "./markers.js";
import type { TransactionsState } from "./state.js";
import { isDecided, isExhausted, LAST_EPOCH, NO_EPOCH, NO_PRODUCER_ID, type Transaction } from "./transaction.js";
import type { TransactionsWorld } from "./world.js";

/** Before this version, clients know only INVALID_PRODUCER_EPOCH. */
const FENCED_SINCE = 2;
/** From this version on the producer speaks version 2 of transactions. */
const RAISES_EPOCH_SINCE = 5;

const NOBODY = { producerId: NO_PRODUCER_ID, producerEpoch: NO_EPOCH };

type Request = EndTxnCommand["request"];
/** What is to be done: to end it, nothing for it is done already, or to refuse. */
type Verdict = "end" | "done" | Exclude<ErrorName, "NONE">;

export function endTxn({ transactions }: TransactionsState, command: EndTxnCommand, world: TransactionsWorld): TransactionsDecision {
  const { request, version } = command;
  const { transactionalId, committed: commit } = request;
  if (transactionalId === "") return decision({ replies: [refused(command, "INVALID_REQUEST")] });
  const transaction = transactions.get(transactionalId);
  if (!transaction) return decision({ replies: [refused(command, "INVALID_PRODUCER_ID_MAPPING")] });

  const raises = version >= RAISES_EPOCH_SINCE;
  const verdict = raises ? verdictOfVersion2(transaction, request) : verdictOfVersion1(transaction, request);
  if (verdict === "done") return decision({ replies: [answered(command, transaction)] });
  if (verdict !== "end") return decision({ replies: [refused(command, verdict)] });

  const nextProducerId = raises && isExhausted(transaction) ? world.newProducerId() : NO_PRODUCER_ID;
  if (nextProducerId === undefined) return decision({ replies: [refused(command, "COORDINATOR_LOAD_IN_PROGRESS")] });
  const ended = end(transactionalId, transaction, { commit, clientVersion: raises ? 2 : 0, fence: false, nextProducerId }, world);
  const producer =
    nextProducerId === NO_PRODUCER_ID
      ? { producerId: transaction.producerId, producerEpoch: transaction.producerEpoch + 1 }
      : { producerId: nextProducerId, producerEpoch: 0 };
  return { ...ended, replies: [answered(command, producer), ...ended.replies] };
}

function verdictOfVersion2(transaction: Transaction, { producerId, producerEpoch, committed }: Request): Verdict {
  if (isDecided(transaction)) return "CONCURRENT_TRANSACTIONS";
  const { status } = transaction;
  // The last epoch of a producer id is followed by the first one of the next.
  const afterRotation = transaction.previousProducerId === producerId && producerEpoch === LAST_EPOCH && transaction.producerEpoch === 0;
  if (transaction.producerId !== producerId && !afterRotation) return "INVALID_PRODUCER_ID_MAPPING";
  const complete = status === "CompleteCommit" || status === "CompleteAbort";
  const retry = complete && (afterRotation || transaction.producerEpoch === producerEpoch + 1);
  if (retry) return committed === (status === "CompleteCommit") ? "done" : "INVALID_TXN_STATE";
  if (transaction.producerEpoch !== producerEpoch) return "PRODUCER_FENCED";
  return status === "Ongoing" || !committed ? "end" : "INVALID_TXN_STATE";
}

function verdictOfVersion1(transaction: Transaction, { producerId, producerEpoch, committed }: Request): Verdict {
  if (transaction.producerId !== producerId) return "INVALID_PRODUCER_ID_MAPPING";
  if (transaction.producerEpoch !== producerEpoch) return "PRODUCER_FENCED";
  if (isDecided(transaction)) return "CONCURRENT_TRANSACTIONS";
  if (transaction.status === "Ongoing") return "end";
  return transaction.status === (committed ? "CompleteCommit" : "CompleteAbort") ? "done" : "INVALID_TXN_STATE";
}

/** With version 2 the producer is told who it is from now on. */
function answered({ ticket, version }: EndTxnCommand, producer: Pick<Transaction, "producerId" | "producerEpoch">): Reply {
  const { producerId, producerEpoch } = version >= RAISES_EPOCH_SINCE ? producer : NOBODY;
  return reply(ticket, { throttleTimeMs: 0, errorCode: errors.NONE.code, producerId, producerEpoch });
}

function refused({ ticket, version }: EndTxnCommand, error: ErrorName): Reply {
  const known = error === "PRODUCER_FENCED" && version < FENCED_SINCE ? "INVALID_PRODUCER_EPOCH" : error;
  return reply(ticket, { throttleTimeMs: 0, errorCode: errors[known].code, ...NOBODY });
}
