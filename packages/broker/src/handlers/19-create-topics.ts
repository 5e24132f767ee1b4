// CreateTopics (19): each topic of the request is created, or refused with a reason; one does not hinder the other.
import { CONFIG_SOURCE_CODES, type ConfigValues, describeTopicConfigs } from "@moldau/metadata";
import { CreateTopics, type ErrorName, errors, type RequestOf } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { type Context, handler } from "../handler.js";
import { MAX_PARTITIONS_PER_REQUEST, type TopicSpec } from "../topics/creation.js";
import { sortNamings } from "../topics/named-twice.js";

type CreateTopicsRequest = RequestOf<typeof CreateTopics>;
type TopicAsked = CreateTopicsRequest["topics"][number];

export const createTopics = handler(CreateTopics, async (request, { services }) => {
  const { once, repeated } = sortNamings(request.topics, ({ name }) => name);
  const topics = repeated.map(({ name }) => refused(name, "INVALID_REQUEST", `Topic "${name}" is named more than once in the request.`));
  const partitions = partitionsIn(request, services.config().numPartitions);
  for (const topic of once) {
    if (partitions > MAX_PARTITIONS_PER_REQUEST) {
      const message = `The request has ${partitions} partitions; at most ${MAX_PARTITIONS_PER_REQUEST} are created at once.`;
      topics.push(refused(topic.name, "POLICY_VIOLATION", message));
    } else {
      topics.push(await answer(topic, request.validateOnly, services));
    }
  }
  return { throttleTimeMs: 0, topics };
});

function partitionsIn({ topics }: CreateTopicsRequest, byDefault: number): number {
  let count = 0;
  for (const { numPartitions, assignments } of topics)
    count += assignments.length || (numPartitions === -1 ? byDefault : Math.max(0, numPartitions));
  return count;
}

async function answer(topic: TopicAsked, validateOnly: boolean, services: Context["services"]) {
  const { name } = topic;
  const spec: TopicSpec = { ...topic, configs: new Map(topic.configs.map(({ name, value }) => [name, value])) };
  const outcome = validateOnly ? services.topics.validate(spec) : await services.topics.create(spec);
  switch (outcome.kind) {
    case "refused":
      return refused(name, outcome.error, outcome.message);
    case "valid":
      return accepted(name, ZERO_UUID, outcome.partitionCount, outcome.replicationFactor, configsOf(outcome.configs, services));
    case "created": {
      const { id, partitions, replicationFactor, configs } = outcome.topic;
      return accepted(name, id, partitions.length, replicationFactor, configsOf(configs, services));
    }
  }
}

function accepted(name: string, topicId: string, numPartitions: number, replicationFactor: number, configs: ReturnType<typeof configsOf>) {
  return {
    name,
    topicId,
    numPartitions,
    replicationFactor,
    configs,
    errorCode: errors.NONE.code as number,
    errorMessage: null as string | null,
  };
}

function refused(name: string, error: ErrorName, errorMessage: string): ReturnType<typeof accepted> {
  return { ...accepted(name, ZERO_UUID, -1, -1, []), errorCode: errors[error].code, errorMessage };
}

function configsOf(own: ConfigValues, { metadata, local }: Context["services"]) {
  return describeTopicConfigs(metadata.image, local, own).map(({ name, value, readOnly, source, sensitive }) => ({
    name,
    value,
    readOnly,
    configSource: CONFIG_SOURCE_CODES[source],
    isSensitive: sensitive,
  }));
}
