// Fetch (1): record batches from many partitions, waiting for enough of them when asked to. Sessions make requests and responses
// carry only what changed (KIP-227).
import { errors, Fetch, type RequestOf } from "@moldau/protocol";
import { CorruptionError } from "@moldau/storage";
import { failureReason } from "../failure.js";
import type { FetchTarget } from "../fetching/fetch-pass.js";
import { longPoll } from "../fetching/long-poll.js";
import { isolationOf, type PartitionRead } from "../fetching/read-partition.js";
import { type PartitionRequest, rotate, type SessionOutcome, type SessionPartition } from "../fetching/sessions.js";
import { type Context, handler } from "../handler.js";
import type { Partition } from "../partitions/partition.js";
import type { Services } from "../services.js";
import { findPartition } from "../topics/lookup.js";

/** The version from which topics are named by id (KIP-516). */
const BY_TOPIC_ID = 13;
const NO_RECORDS = new Uint8Array(0);

export const fetch = handler(Fetch, async (request, context) => {
  const { services } = context;
  const outcome = services.sessions.resolve(sessionRequest(request, context.version));
  if (outcome.kind === "error") {
    return { throttleTimeMs: 0, errorCode: errors[outcome.error].code, sessionId: 0, responses: [] };
  }
  const targets = await findTargets(outcome.partitions, context);
  const maxBytes = Math.min(request.maxBytes, services.config().fetchMaxBytes);
  const poll = {
    minBytes: Math.min(request.minBytes, maxBytes),
    maxBytes,
    maxWaitMs: request.maxWaitMs,
    isolation: isolationOf(request.isolationLevel),
    memory: services.answers,
    failure: readFailure(services),
    whenGone: context.whenGone,
    ending: services.stopping,
  };
  const pass = await longPoll(targets, poll, services.clock, services.timers);
  context.onSent(() => pass.release());

  const answers = targets.map(({ asked }, i) => ({ asked, read: pass.reads[i] as PartitionRead }));
  const told = outcome.kind === "full" ? answers : answers.filter(isNews);
  remember(outcome, told);
  return {
    throttleTimeMs: 0,
    errorCode: errors.NONE.code,
    sessionId: outcome.session?.id ?? 0,
    responses: byTopic(told, context.version),
  };
});

function sessionRequest(request: RequestOf<typeof Fetch>, version: number) {
  const byTopicId = version >= BY_TOPIC_ID;
  const name = (topic: { topic: string; topicId: string }) => (byTopicId ? topic.topicId : topic.topic);
  const partitions: PartitionRequest[] = [];
  for (const topic of request.topics) {
    for (const partition of topic.partitions) {
      partitions.push({
        topic: name(topic),
        index: partition.partition,
        fetchOffset: partition.fetchOffset,
        currentLeaderEpoch: partition.currentLeaderEpoch,
        lastFetchedEpoch: partition.lastFetchedEpoch,
        maxBytes: partition.partitionMaxBytes,
      });
    }
  }
  const forgotten = request.forgottenTopicsData.flatMap((topic) => topic.partitions.map((index) => ({ topic: name(topic), index })));
  return { sessionId: request.sessionId, sessionEpoch: request.sessionEpoch, byTopicId, partitions, forgotten };
}

async function findTargets(asked: readonly SessionPartition[], { services, version }: Context): Promise<FetchTarget[]> {
  const targets: FetchTarget[] = [];
  for (const partition of asked) {
    const { topic, index } = partition.request;
    const found = findPartition(services, version >= BY_TOPIC_ID ? { id: topic } : { name: topic }, index);
    targets.push({ asked: partition, partition: found instanceof Promise ? await found : found });
  }
  return targets;
}

function readFailure({ log }: Services) {
  return (partition: Partition, error: unknown) => {
    const reason = failureReason(error);
    log.error({ topicId: partition.topicId, partition: partition.index, reason }, "records could not be read");
    return error instanceof CorruptionError ? "CORRUPT_MESSAGE" : "KAFKA_STORAGE_ERROR";
  };
}

interface PartitionAnswer {
  readonly asked: SessionPartition;
  readonly read: PartitionRead;
}

function isNews({ asked, read }: PartitionAnswer): boolean {
  return (
    read.error !== "NONE" ||
    read.slice !== undefined ||
    read.diverging !== undefined ||
    read.highWatermark !== asked.toldHighWatermark ||
    read.logStartOffset !== asked.toldLogStartOffset
  );
}

/** An error is told each time until it is gone, because -1 is never a high watermark. */
function remember(outcome: Exclude<SessionOutcome, { kind: "error" }>, told: readonly PartitionAnswer[]): void {
  for (const { asked, read } of told) {
    asked.toldHighWatermark = read.highWatermark;
    asked.toldLogStartOffset = read.logStartOffset;
  }
  if (outcome.session) {
    rotate(
      outcome.session,
      told.filter(({ read }) => read.slice).map(({ asked }) => asked),
    );
  }
}

function byTopic(answers: readonly PartitionAnswer[], version: number) {
  const topics = new Map<string, ReturnType<typeof partitionResponse>[]>();
  for (const answer of answers) {
    const { topic } = answer.asked.request;
    const response = partitionResponse(answer);
    const partitions = topics.get(topic);
    if (partitions) partitions.push(response);
    else topics.set(topic, [response]);
  }
  const named = (topic: string) => (version >= BY_TOPIC_ID ? { topicId: topic } : { topic });
  return [...topics].map(([topic, partitions]) => ({ ...named(topic), partitions }));
}

function partitionResponse({ asked, read }: PartitionAnswer) {
  return {
    partitionIndex: asked.request.index,
    errorCode: errors[read.error].code,
    highWatermark: read.highWatermark,
    lastStableOffset: read.lastStableOffset,
    logStartOffset: read.logStartOffset,
    ...(read.diverging && { divergingEpoch: read.diverging }),
    abortedTransactions: read.aborted ?? null,
    records: read.slice?.parts ?? NO_RECORDS,
  };
}
