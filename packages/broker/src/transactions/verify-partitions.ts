// Are these partitions part of a producer's open transaction? Its coordinator knows (KIP-890).
//
//   the client speaks transaction.version 2   they become part of the transaction by this
//   it speaks less                            the coordinator is only asked; of a partition that is none it says TRANSACTION_ABORTABLE
import { transactionsConfig } from "@moldau/metadata";
import { type ErrorName, errorByCode, errors } from "@moldau/protocol";
import type { Context } from "../handler.js";
import { type Refusal, refusal } from "../partitions/append.js";
import { askTransaction } from "./ask.js";

export interface AskedPartitions {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[];
}

/** What clients understand, by the version of their request. */
export interface ClientTerms {
  /** From this version on they speak transaction.version 2. */
  readonly addsSince: number;
  /** From this version on they know TRANSACTION_ABORTABLE; INVALID_TXN_STATE before. */
  readonly abortableSince: number;
  /** The error at which all of them try again. */
  readonly tryAgain: ErrorName;
}

export interface VerifiedPartitions<Seen> {
  /** What there was to be seen when the coordinator was asked. */
  readonly seen: Seen;
  /** Why the partition may not be written to; undefined when it may. */
  refusalOf(topic: string, partition: number): Refusal | undefined;
}

/** Of AddPartitionsToTxn, from brokers. */
const BROKERS_VERSION = 4;
const FIRST_PAUSE_MS = 1;

/** `look` is called each time before the coordinator is asked: what may change meanwhile is compared with that. */
export async function verifyPartitions<Seen>(
  asked: AskedPartitions,
  { services, version }: Context,
  terms: ClientTerms,
  look: () => Seen,
): Promise<VerifiedPartitions<Seen>> {
  const config = transactionsConfig(services.local, services.metadata.image);
  const verifyOnly = version < terms.addsSince;
  if (verifyOnly && !config.transactionPartitionVerificationEnable) return { seen: look(), refusalOf: () => undefined };
  const request = { ...asked, verifyOnly };

  // The transaction before may be decided and not complete: that takes a moment.
  let waitedMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const seen = look();
    const answer = await askTransaction(services, asked.transactionalId, "addPartitions", { version: BROKERS_VERSION, request });
    if (typeof answer === "string") return { seen, refusalOf: () => refusedFor(answer, version, terms) };
    const codes = codesIn(answer.topicResults);
    const isUnfinished = [...codes.values()].includes(errors.CONCURRENT_TRANSACTIONS.code);
    if (verifyOnly || !isUnfinished || waitedMs >= config.addPartitionsToTxnRetryBackoffMaxMs) {
      const errorOf = (topic: string, partition: number) =>
        errorByCode(codes.get(keyOf(topic, partition)) ?? errors.UNKNOWN_SERVER_ERROR.code).name;
      return { seen, refusalOf: (topic, partition) => refusedFor(errorOf(topic, partition), version, terms) };
    }
    await new Promise<void>((resolve) => void services.timers.after(pauseMs, resolve));
    waitedMs += pauseMs;
  }
}

interface TopicResult {
  readonly name: string;
  readonly resultsByPartition: readonly { readonly partitionIndex: number; readonly partitionErrorCode: number }[];
}

const keyOf = (topic: string, partition: number) => `${partition} ${topic}`;

function codesIn(topics: readonly TopicResult[]): ReadonlyMap<string, number> {
  const codes = new Map<string, number>();
  for (const { name, resultsByPartition } of topics) {
    for (const { partitionIndex, partitionErrorCode } of resultsByPartition) codes.set(keyOf(name, partitionIndex), partitionErrorCode);
  }
  return codes;
}

function refusedFor(error: ErrorName, version: number, terms: ClientTerms): Refusal | undefined {
  if (error === "NONE") return undefined;
  return refusal(understood(error, version, terms), `the transaction could not be verified: ${error}`);
}

/** Errors as clients of that version understand them: those to be tried again must be such for all of them. */
function understood(error: ErrorName, version: number, { addsSince, abortableSince, tryAgain }: ClientTerms): ErrorName {
  switch (error) {
    case "PRODUCER_FENCED":
      return "INVALID_PRODUCER_EPOCH";
    case "TRANSACTION_ABORTABLE":
      return version >= abortableSince ? error : "INVALID_TXN_STATE";
    case "CONCURRENT_TRANSACTIONS":
      return version >= addsSince ? error : tryAgain;
    // Whoever the client has asked is where it was.
    case "COORDINATOR_LOAD_IN_PROGRESS":
    case "COORDINATOR_NOT_AVAILABLE":
    case "NOT_COORDINATOR":
      return tryAgain;
    default:
      return error;
  }
}
