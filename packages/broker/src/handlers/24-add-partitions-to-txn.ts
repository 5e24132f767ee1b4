// AddPartitionsToTxn (24): partitions become part of a transaction (KIP-98); from version 4 on for brokers, of several at once (KIP-890).
import { AddPartitionsToTxn, type ErrorName, errors, type RequestOf, type ResponseInput } from "@moldau/protocol";
import { type Context, handler } from "../handler.js";
import { findTopic } from "../topics/lookup.js";
import { askTransaction } from "../transactions/ask.js";

type Transaction = RequestOf<typeof AddPartitionsToTxn>["transactions"][number];
type TopicResults = ResponseInput<typeof AddPartitionsToTxn>["resultsByTopicV3AndBelow"];

const BATCHED_SINCE = 4;

export const addPartitionsToTxn = handler(AddPartitionsToTxn, async (request, context) => {
  if (context.version < BATCHED_SINCE) {
    const transaction = {
      transactionalId: request.v3AndBelowTransactionalId,
      producerId: request.v3AndBelowProducerId,
      producerEpoch: request.v3AndBelowProducerEpoch,
      verifyOnly: false,
      topics: request.v3AndBelowTopics,
    };
    const resultsByTopicV3AndBelow = await add(transaction, context);
    return { throttleTimeMs: 0, errorCode: errors.NONE.code, resultsByTransaction: [], resultsByTopicV3AndBelow };
  }
  const resultsByTransaction = await Promise.all(
    request.transactions.map(async (transaction) => ({
      transactionalId: transaction.transactionalId,
      topicResults: await add(transaction, context),
    })),
  );
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, resultsByTransaction, resultsByTopicV3AndBelow: [] };
});

/** All of them, or none. */
async function add(transaction: Transaction, { services, version }: Context): Promise<TopicResults> {
  const exists = (name: string, partition: number) => findTopic(services, { name })?.partitions[partition] !== undefined;
  const whole = transaction.topics.every(({ name, partitions }) => partitions.every((partition) => exists(name, partition)));
  if (!whole) {
    return resultsOf(transaction, (name, partition) =>
      exists(name, partition) ? "OPERATION_NOT_ATTEMPTED" : "UNKNOWN_TOPIC_OR_PARTITION",
    );
  }
  const answer = await askTransaction(services, transaction.transactionalId, "addPartitions", { version, request: transaction });
  return typeof answer === "string" ? resultsOf(transaction, () => answer) : answer.topicResults;
}

const resultsOf = ({ topics }: Transaction, errorOf: (name: string, partition: number) => ErrorName): TopicResults =>
  topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errors[errorOf(name, partitionIndex)].code,
    })),
  }));
