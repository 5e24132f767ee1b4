// Produce (0): appends one batch to each of some partitions and answers once they are durable: acks=1 and acks=all are the same here.
import { errors, Produce, type RequestOf } from "@moldau/protocol";
import { failureReason } from "../failure.js";
import { type Context, handler, NO_RESPONSE } from "../handler.js";
import { CloseConnection } from "../network/connection.js";
import { type AppendOutcome, appendBatch, type Refusal, refusal } from "../partitions/append.js";
import { findPartition, findTopic, type TopicRef } from "../topics/lookup.js";
import { type Verifications, verifyTransaction } from "../transactions/verify-batches.js";

type TopicData = RequestOf<typeof Produce>["topicData"][number];

/** The version from which topics are named by id (KIP-516). */
const BY_TOPIC_ID = 13;
/** The version from which zstd may be used (KIP-110). */
const ZSTD = 7;
const ZSTD_CODEC = 4;
const ATTRIBUTES_LOW_BYTE = 22;
const ACKS_NONE = 0;

export const produce = handler(Produce, async (request, context) => {
  const verifying = verifyTransaction(request, context, context.version >= BY_TOPIC_ID);
  const verified = verifying instanceof Promise ? await verifying : verifying;
  const topics: { readonly topic: TopicData; readonly outcomes: readonly AppendOutcome[] }[] = [];
  for (const topic of request.topicData) {
    const outcomes: AppendOutcome[] = [];
    for (const { index, records } of topic.partitionData)
      outcomes.push(await appendTo(topic, index, records, request.acks, verified, context));
    topics.push({ topic, outcomes });
  }
  // The batches have their offsets and lie in the journal's own memory: the next request may begin, this one's memory go.
  context.releaseRequest();
  context.proceed();

  const responses = [];
  for (const { topic, outcomes } of topics) {
    const partitionResponses = [];
    for (const [i, outcome] of outcomes.entries())
      partitionResponses.push(await partitionResponse(topic.partitionData[i]?.index ?? -1, outcome, context));
    responses.push({ name: topic.name, topicId: topic.topicId, partitionResponses });
  }
  if (request.acks !== ACKS_NONE) return { responses, throttleTimeMs: 0 };
  // Nobody reads an answer, so a closed connection has to tell the client to look again.
  const failure = responses.flatMap((topic) => topic.partitionResponses).find(({ errorCode }) => errorCode !== errors.NONE.code);
  if (failure) throw new CloseConnection(`a produce with acks=0 failed: ${failure.errorMessage}`);
  return NO_RESPONSE;
});

async function appendTo(
  data: TopicData,
  index: number,
  records: Uint8Array | null,
  acks: number,
  verified: Verifications | Refusal,
  { services, version }: Context,
): Promise<AppendOutcome> {
  if (acks < -1 || acks > 1) return refusal("INVALID_REQUIRED_ACKS", `acks=${acks}; 0, 1 and -1 (all) are known`);
  if ("kind" in verified) return verified;
  const ref: TopicRef = version >= BY_TOPIC_ID ? { id: data.topicId } : { name: data.name };
  const partition = await findPartition(services, ref, index);
  if (typeof partition === "string") return refusal(partition, errors[partition].message);
  const topic = findTopic(services, ref);
  if (!topic) return refusal("UNKNOWN_TOPIC_OR_PARTITION", errors.UNKNOWN_TOPIC_OR_PARTITION.message);
  if (!records || records.length === 0) return refusal("INVALID_RECORD", "a partition without a record batch");
  if (version < ZSTD && ((records[ATTRIBUTES_LOW_BYTE] ?? 0) & 0x07) === ZSTD_CODEC) {
    return refusal("UNSUPPORTED_COMPRESSION_TYPE", `zstd needs Produce version ${ZSTD}; the client speaks ${version}`);
  }
  if (topic.internal) return refusal("INVALID_TOPIC_EXCEPTION", `only the broker writes to ${topic.name}`);
  const verification = verified.get(partition);
  if (verification && "kind" in verification) return verification;
  const { partitions, clock } = services;
  const config = services.topicConfig(topic);
  return appendBatch(records, { topic, config, partition, partitions, nowMs: clock.now(), verified: verification });
}

async function partitionResponse(index: number, outcome: AppendOutcome, { services }: Context) {
  if (outcome.kind === "refused") return refused(index, outcome);
  try {
    await outcome.durable;
  } catch (error) {
    const reason = failureReason(error);
    services.log.debug({ reason }, "a produced batch could not be made durable");
    return refused(index, refusal("KAFKA_STORAGE_ERROR", reason));
  }
  return {
    index,
    errorCode: errors.NONE.code,
    baseOffset: outcome.baseOffset,
    logAppendTimeMs: outcome.logAppendTimeMs,
    logStartOffset: outcome.partition.log.logStartOffset,
    errorMessage: null,
  };
}

function refused(index: number, { error, message, recordErrors }: Refusal) {
  return {
    index,
    errorCode: errors[error].code,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    recordErrors: recordErrors ?? [],
    errorMessage: message,
  };
}
