// Before offsets are taken into a transaction: is it open, and their partition of __consumer_offsets part of it? Its coordinator knows
// (KIP-890).
//
//   TxnOffsetCommit 5     the producer speaks transaction.version 2: the partition becomes part of the transaction by this
//   TxnOffsetCommit 4     it is only asked; when the partition is none: TRANSACTION_ABORTABLE
//   TxnOffsetCommit ≤ 3   the same, but: INVALID_TXN_STATE
import { transactionsConfig } from "@moldau/metadata";
import { type ErrorName, errorByCode, errors, type RequestOf, type TxnOffsetCommit } from "@moldau/protocol";
import type { Context } from "../handler.js";
import { askTransaction } from "../transactions/ask.js";
import { OFFSETS_TOPIC } from "./groups.js";

type Producer = Pick<RequestOf<typeof TxnOffsetCommit>, "transactionalId" | "producerId" | "producerEpoch">;

const ADDS_SINCE = 5;
const ABORTABLE_SINCE = 4;
/** Of AddPartitionsToTxn, from brokers. */
const BROKERS_VERSION = 4;
const FIRST_PAUSE_MS = 1;

/** Why offsets may not be taken; undefined when they may. */
export async function verifyOffsets(producer: Producer, partition: number, context: Context): Promise<ErrorName | undefined> {
  const { services, version } = context;
  const config = transactionsConfig(services.local, services.metadata.image);
  const adds = version >= ADDS_SINCE;
  if (!adds && !config.transactionPartitionVerificationEnable) return undefined;
  const { transactionalId, producerId, producerEpoch } = producer;
  const topics = [{ name: OFFSETS_TOPIC, partitions: [partition] }];
  const request = { transactionalId, producerId, producerEpoch, verifyOnly: !adds, topics };

  // The transaction before may be decided and not complete: that takes a moment.
  let waitedMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const answer = await askTransaction(services, transactionalId, "addPartitions", { version: BROKERS_VERSION, request });
    const error = typeof answer === "string" ? answer : errorIn(answer.topicResults);
    const isUnfinished = error === "CONCURRENT_TRANSACTIONS";
    if (!adds || !isUnfinished || waitedMs >= config.addPartitionsToTxnRetryBackoffMaxMs) {
      return error === "NONE" ? undefined : explained(error, version);
    }
    await new Promise<void>((resolve) => void services.timers.after(pauseMs, resolve));
    waitedMs += pauseMs;
  }
}

const errorIn = ([topic]: readonly { readonly resultsByPartition: readonly { readonly partitionErrorCode: number }[] }[]): ErrorName =>
  errorByCode(topic?.resultsByPartition[0]?.partitionErrorCode ?? errors.UNKNOWN_SERVER_ERROR.code).name;

/** Errors as producers of that version understand them: those to be tried again must be such for all of them. */
function explained(error: ErrorName, version: number): ErrorName {
  switch (error) {
    case "PRODUCER_FENCED":
      return "INVALID_PRODUCER_EPOCH";
    case "TRANSACTION_ABORTABLE":
      return version >= ABORTABLE_SINCE ? error : "INVALID_TXN_STATE";
    case "CONCURRENT_TRANSACTIONS":
      return version >= ADDS_SINCE ? error : "COORDINATOR_NOT_AVAILABLE";
    // That of the group is where it was.
    case "COORDINATOR_LOAD_IN_PROGRESS":
    case "NOT_COORDINATOR":
      return "COORDINATOR_NOT_AVAILABLE";
    default:
      return error;
  }
}
