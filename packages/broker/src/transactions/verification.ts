// Before a batch of a transaction is stored: is the transaction open, and this partition part of it? The coordinator knows (KIP-890).
//
//   Produce ≥ 12   the producer speaks transaction.version 2: the partition becomes part of the transaction by this
//   Produce 11     it is only asked; when the partition is none: TRANSACTION_ABORTABLE
//   Produce ≤ 10   the same, but: INVALID_TXN_STATE
import { transactionsConfig } from "@moldau/metadata";
import { type ErrorName, errorByCode, errors, type Produce, type RequestOf } from "@moldau/protocol";
import { type BatchHeader, RecordsError, readBatchHeader } from "@moldau/records";
import type { Context } from "../handler.js";
import { type Refusal, refusal, type VerifiedTransaction } from "../partitions/append.js";
import type { Partition } from "../partitions/partition.js";
import { findPartition, findTopic } from "../topics/lookup.js";
import { askTransaction } from "./ask.js";

type ProduceRequest = RequestOf<typeof Produce>;

/** What was said of the partitions that it was asked for. */
export type Verifications = ReadonlyMap<Partition, VerifiedTransaction | Refusal>;

const NOTHING_VERIFIED: Verifications = new Map();

const ADDS_SINCE = 12;
const ABORTABLE_SINCE = 11;
/** Of AddPartitionsToTxn, from brokers. */
const BROKERS_VERSION = 4;
const FIRST_PAUSE_MS = 1;

/** A batch of a transaction, in a partition where its producer has none open yet. */
interface Beginning {
  readonly topic: string;
  readonly partition: Partition;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** At once when there is nothing to verify. A refusal is for all of the request. */
export function verifyTransaction(
  request: ProduceRequest,
  context: Context,
  byTopicId: boolean,
): Verifications | Refusal | Promise<Verifications> {
  const { transactionalId } = request;
  if (transactionalId) return verify(request, transactionalId, context, byTopicId);
  const isNameless = transactionalId === null && request.topicData.some(({ partitionData }) => partitionData.some(isTransactional));
  return isNameless
    ? refusal("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", "batches of a transaction, without a transactional id")
    : NOTHING_VERIFIED;
}

const isTransactional = ({ records }: { readonly records: Uint8Array | null }): boolean =>
  records !== null && headerOf(records)?.transactional === true;

async function verify(request: ProduceRequest, transactionalId: string, context: Context, byTopicId: boolean): Promise<Verifications> {
  const beginnings = await beginningsIn(request, context, byTopicId);
  const [first] = beginnings;
  if (!first) return NOTHING_VERIFIED;
  const { services, version } = context;
  const { producerId, producerEpoch } = first;
  if (beginnings.some((other) => other.producerId !== producerId || other.producerEpoch !== producerEpoch)) {
    return forAll(beginnings, refusal("INVALID_PRODUCER_ID_MAPPING", "batches of more than one producer in one request"));
  }
  const config = transactionsConfig(services.local, services.metadata.image);
  const adds = version >= ADDS_SINCE;
  if (!adds && !config.transactionPartitionVerificationEnable) return allVerified(beginnings);

  // The transaction before may be decided and not complete: that takes a moment.
  let waitedMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const verified = allVerified(beginnings);
    const asked = { transactionalId, producerId, producerEpoch, verifyOnly: !adds, topics: topicsOf(beginnings) };
    const answer = await askTransaction(services, transactionalId, "addPartitions", { version: BROKERS_VERSION, request: asked });
    if (typeof answer === "string") return forAll(beginnings, explained(answer, version));
    const codes = new Map<string, number>();
    for (const { name, resultsByPartition } of answer.topicResults) {
      for (const { partitionIndex, partitionErrorCode } of resultsByPartition) codes.set(`${partitionIndex} ${name}`, partitionErrorCode);
    }
    const unfinished = [...codes.values()].includes(errors.CONCURRENT_TRANSACTIONS.code);
    if (!adds || !unfinished || waitedMs >= config.addPartitionsToTxnRetryBackoffMaxMs) {
      return new Map(
        beginnings.map(({ topic, partition }) => {
          const error = errorByCode(codes.get(`${partition.index} ${topic}`) ?? errors.UNKNOWN_SERVER_ERROR.code).name;
          return [partition, error === "NONE" ? (verified.get(partition) as VerifiedTransaction) : explained(error, version)];
        }),
      );
    }
    await new Promise<void>((resolve) => void services.timers.after(pauseMs, resolve));
    waitedMs += pauseMs;
  }

  function allVerified(beginnings: readonly Beginning[]): ReadonlyMap<Partition, VerifiedTransaction> {
    return new Map(
      beginnings.map(({ partition }) => {
        const lastMarkerOffset = partition.producers().lastMarkerOffset(producerId);
        return [partition, { producerId, producerEpoch, lastMarkerOffset, raisesEpoch: adds }];
      }),
    );
  }
}

async function beginningsIn({ topicData }: ProduceRequest, { services }: Context, byTopicId: boolean): Promise<Beginning[]> {
  const beginnings: Beginning[] = [];
  for (const { name, topicId, partitionData } of topicData) {
    const ref = byTopicId ? { id: topicId } : { name };
    const topic = findTopic(services, ref);
    // Nobody but the broker writes to internal topics.
    if (!topic || topic.internal) continue;
    for (const { index, records } of partitionData) {
      const header = records && headerOf(records);
      if (!header?.transactional) continue;
      const { producerId, producerEpoch } = header;
      const partition = await findPartition(services, ref, index);
      if (typeof partition === "string" || partition.producers().inTransaction({ producerId, producerEpoch })) continue;
      beginnings.push({ topic: topic.name, partition, producerId, producerEpoch });
    }
  }
  return beginnings;
}

/** What is no batch is refused later. */
function headerOf(bytes: Uint8Array): BatchHeader | undefined {
  try {
    return readBatchHeader(bytes, 0);
  } catch (error) {
    if (error instanceof RecordsError) return undefined;
    throw error;
  }
}

function topicsOf(beginnings: readonly Beginning[]) {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of beginnings) topics.set(topic, [...(topics.get(topic) ?? []), partition.index]);
  return [...topics].map(([name, partitions]) => ({ name, partitions }));
}

const forAll = (beginnings: readonly Beginning[], refused: Refusal): Verifications =>
  new Map(beginnings.map(({ partition }) => [partition, refused]));

/** Errors as producers of that version understand them: those to be tried again must be such for all of them. */
function explained(error: ErrorName, version: number): Refusal {
  const reason = `the transaction could not be verified: ${error}`;
  switch (error) {
    case "PRODUCER_FENCED":
      return refusal("INVALID_PRODUCER_EPOCH", reason);
    case "TRANSACTION_ABORTABLE":
      return refusal(version >= ABORTABLE_SINCE ? error : "INVALID_TXN_STATE", reason);
    case "CONCURRENT_TRANSACTIONS":
      return refusal(version >= ADDS_SINCE ? error : "NOT_ENOUGH_REPLICAS", reason);
    case "COORDINATOR_LOAD_IN_PROGRESS":
    case "COORDINATOR_NOT_AVAILABLE":
    case "NOT_COORDINATOR":
      return refusal("NOT_ENOUGH_REPLICAS", reason);
    default:
      return refusal(error, reason);
  }
}
