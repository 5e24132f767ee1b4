// Metadata (3): the brokers, and where each topic's partitions live. Creates absent topics when the client and the broker allow it.
import { isInternalTopic, type TopicImage } from "@moldau/metadata";
import { type ErrorName, errors, Metadata, type RequestOf } from "@moldau/protocol";
import { topicId as asTopicId, ZERO_UUID } from "@moldau/std";
import { CLUSTER_OPERATIONS, OPERATIONS_NOT_ASKED, TOPIC_OPERATIONS } from "../authorized-operations.js";
import { OFFSETS_TOPIC } from "../groups/groups.js";
import { type Context, handler } from "../handler.js";
import { describedPartition, describedTopic, undescribedTopic } from "../topics/described.js";

/** The version from which topics may be named by id (KIP-516); versions 10 and 11 have the field and no meaning for it. */
const BY_TOPIC_ID = 12;

type MetadataRequest = RequestOf<typeof Metadata>;
type TopicAnswer = ReturnType<typeof described> | ReturnType<typeof undescribedTopic>;

export const metadata = handler(Metadata, async (request, context) => {
  const { self, metadata } = context.services;
  const topics = await answerTopics(request, context);
  return {
    throttleTimeMs: 0,
    brokers: metadata.image.brokers.map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
    clusterId: self.clusterId,
    controllerId: self.nodeId,
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? CLUSTER_OPERATIONS : OPERATIONS_NOT_ASKED,
    errorCode: errors.NONE.code,
  };
});

async function answerTopics(request: MetadataRequest, context: Context): Promise<TopicAnswer[]> {
  const { image } = context.services.metadata;
  const operations = request.includeTopicAuthorizedOperations ? TOPIC_OPERATIONS : OPERATIONS_NOT_ASKED;
  if (wantsAll(request, context.version)) return [...image.topics()].map((topic) => described(topic, operations));
  const answers: TopicAnswer[] = [];
  for (const { topicId, name } of asked(request)) {
    // Java's clients leave an empty name beside an id.
    if (topicId !== ZERO_UUID || name === null) {
      if (context.version < BY_TOPIC_ID) {
        answers.push(undescribedTopic("INVALID_REQUEST", name ?? "", topicId));
        continue;
      }
      const topic = image.topicById(asTopicId(topicId));
      answers.push(topic ? described(topic, operations) : undescribedTopic("UNKNOWN_TOPIC_ID", null, topicId));
      continue;
    }
    const topic = image.topicByName(name) ?? (await createAbsent(name, request, context));
    answers.push(typeof topic === "string" ? undescribedTopic(topic, name, ZERO_UUID) : described(topic, operations));
  }
  return answers;
}

/** Each topic once, however often it is named: an answer may be a thousand times as large as its question. */
function asked({ topics }: MetadataRequest): Iterable<{ readonly topicId: string; readonly name: string | null }> {
  const byKey = new Map((topics ?? []).map((topic) => [topic.topicId === ZERO_UUID ? `name ${topic.name}` : `id ${topic.topicId}`, topic]));
  return byKey.values();
}

/** In version 0 an empty list means all; later null does. */
function wantsAll({ topics }: MetadataRequest, version: number): boolean {
  return topics === null || (version === 0 && topics.length === 0);
}

async function createAbsent(name: string, request: MetadataRequest, { services }: Context): Promise<TopicImage | ErrorName> {
  if (!request.allowAutoTopicCreation || !services.config().autoCreateTopicsEnable) {
    return services.topics.nameProblem(name) ? "INVALID_TOPIC_EXCEPTION" : "UNKNOWN_TOPIC_OR_PARTITION";
  }
  if (name === OFFSETS_TOPIC) return (await services.groups.topic()) ?? "UNKNOWN_TOPIC_OR_PARTITION";
  // The others come with what they are for.
  if (isInternalTopic(name)) return "UNKNOWN_TOPIC_OR_PARTITION";
  const outcome = await services.topics.create({ name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: new Map() });
  if (outcome.kind === "created") return outcome.topic;
  // Somebody else was faster: that is what we wanted.
  return services.metadata.image.topicByName(name) ?? (outcome.kind === "refused" ? outcome.error : "UNKNOWN_TOPIC_OR_PARTITION");
}

const described = (topic: TopicImage, operations: number) => describedTopic(topic, topic.partitions.map(describedPartition), operations);
