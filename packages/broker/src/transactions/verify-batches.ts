// Before a batch of a transaction is stored: is the transaction open, and this partition part of it?
//
//   Produce ≥ 12   the partition becomes part of the transaction by this
//   Produce 11     the coordinator is only asked; when the partition is none: TRANSACTION_ABORTABLE
//   Produce ≤ 10   the same, but: INVALID_TXN_STATE
import type { Produce, RequestOf } from "@moldau/protocol";
import { type BatchHeader, RecordsError, readBatchHeader } from "@moldau/records";
import type { Context } from "../handler.js";
import { type Refusal, refusal, type VerifiedTransaction } from "../partitions/append.js";
import type { Partition } from "../partitions/partition.js";
import { findPartition, findTopic } from "../topics/lookup.js";
import { type ClientTerms, verifyPartitions } from "./verify-partitions.js";

type ProduceRequest = RequestOf<typeof Produce>;

/** What was said of the partitions that it was asked for. */
export type Verifications = ReadonlyMap<Partition, VerifiedTransaction | Refusal>;

const NOTHING_VERIFIED: Verifications = new Map();

const TERMS: ClientTerms = { addsSince: 12, abortableSince: 11, tryAgain: "NOT_ENOUGH_REPLICAS" };

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
  const { producerId, producerEpoch } = first;
  if (beginnings.some((other) => other.producerId !== producerId || other.producerEpoch !== producerEpoch)) {
    const refused = refusal("INVALID_PRODUCER_ID_MAPPING", "batches of more than one producer in one request");
    return new Map(beginnings.map(({ partition }) => [partition, refused]));
  }
  const raisesEpoch = context.version >= TERMS.addsSince;
  const asVerified = ({ partition }: Beginning): VerifiedTransaction => {
    const lastMarkerOffset = partition.producers().lastMarkerOffset(producerId);
    return { producerId, producerEpoch, lastMarkerOffset, raisesEpoch };
  };
  const asked = { transactionalId, producerId, producerEpoch, topics: topicsOf(beginnings) };
  const look = () => beginnings.map((beginning) => ({ ...beginning, verified: asVerified(beginning) }));
  const { seen, refusalOf } = await verifyPartitions(asked, context, TERMS, look);
  return new Map(seen.map(({ topic, partition, verified }) => [partition, refusalOf(topic, partition.index) ?? verified]));
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
