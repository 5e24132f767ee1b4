// CreateTopics (19): each topic of the request is created, or refused with a reason; one does not hinder the other.
import { CONFIG_SOURCE_CODES, describeConfigs } from "@moldau/metadata";
import { CreateTopics, errors, type RequestOf } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { type Context, handler } from "../handler.js";
import type { CreateOutcome, RefusedCreation, ValidateOutcome } from "../topics/creation.js";

type TopicAsked = RequestOf<typeof CreateTopics>["topics"][number];

export const createTopics = handler(CreateTopics, async (request, context) => {
  const counts = new Map<string, number>();
  for (const { name } of request.topics) counts.set(name, (counts.get(name) ?? 0) + 1);
  const topics = [];
  for (const topic of request.topics) {
    const outcome = (counts.get(topic.name) ?? 0) > 1 ? namedTwice(topic.name) : await create(topic, request.validateOnly, context);
    topics.push(answer(topic.name, outcome, context));
  }
  return { throttleTimeMs: 0, topics };
});

function namedTwice(name: string): RefusedCreation {
  return { kind: "refused", error: "INVALID_REQUEST", message: `Topic "${name}" is named more than once in the request.` };
}

function create(topic: TopicAsked, validateOnly: boolean, { services }: Context): Promise<CreateOutcome> | ValidateOutcome {
  const spec = { ...topic, configs: new Map(topic.configs.map(({ name, value }) => [name, value])) };
  return validateOnly ? services.topics.validate(spec) : services.topics.create(spec);
}

function answer(name: string, outcome: CreateOutcome | ValidateOutcome, context: Context) {
  switch (outcome.kind) {
    case "refused":
      return { name, topicId: ZERO_UUID, errorCode: errors[outcome.error].code, errorMessage: outcome.message, configs: null };
    case "valid": {
      const { partitionCount: numPartitions, replicationFactor } = outcome;
      return { name, topicId: ZERO_UUID, errorCode: errors.NONE.code, errorMessage: null, numPartitions, replicationFactor, configs: [] };
    }
    case "created": {
      const { id, partitions, replicationFactor } = outcome.topic;
      const described = { topicId: id as string, numPartitions: partitions.length, replicationFactor, configs: configsOf(name, context) };
      return { name, ...described, errorCode: errors.NONE.code, errorMessage: null };
    }
  }
}

function configsOf(name: string, { services }: Context) {
  const options = { names: null, includeSynonyms: false, includeDocumentation: false };
  const outcome = describeConfigs(services.metadata.image, services.local, { type: "topic", name }, options);
  // Deleted in the same instant.
  if ("problem" in outcome) return [];
  return outcome.configs.map(({ name, value, readOnly, source, sensitive }) => ({
    name,
    value,
    readOnly,
    configSource: CONFIG_SOURCE_CODES[source],
    isSensitive: sensitive,
  }));
}
