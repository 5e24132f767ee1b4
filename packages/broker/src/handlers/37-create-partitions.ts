// CreatePartitions (37): adds partitions to topics. Never takes any away: keys would no longer be where they were.
import { assignPartitions, type ClusterEvent, type ClusterImage, placePartitions } from "@moldau/metadata";
import { CreatePartitions, type ErrorName, errors, type RequestOf } from "@moldau/protocol";
import { handler } from "../handler.js";
import { brokerIds, MAX_PARTITIONS_PER_REQUEST, MAX_PARTITIONS_PER_TOPIC } from "../topics/creation.js";
import { sortNamings } from "../topics/named-twice.js";

type TopicAsked = RequestOf<typeof CreatePartitions>["topics"][number];

interface Refused {
  readonly error: ErrorName;
  readonly message: string;
}

export const createPartitions = handler(CreatePartitions, async (request, { services }) => {
  const { once, repeated } = sortNamings(request.topics, ({ name }) => name);
  const tooMany = addedBy(request, services.metadata.image) > MAX_PARTITIONS_PER_REQUEST;
  const add = async (topic: TopicAsked) => {
    if (tooMany)
      return answer(topic.name, { error: "POLICY_VIOLATION", message: `At most ${MAX_PARTITIONS_PER_REQUEST} are added at once.` });
    const refused = await services.metadata.propose((image) => {
      const planned = plan(topic, image);
      if ("error" in planned) return { events: [], result: planned };
      return { events: request.validateOnly ? [] : [planned], result: undefined };
    });
    return answer(topic.name, refused);
  };
  const twice = ({ name }: TopicAsked) =>
    answer(name, { error: "INVALID_REQUEST", message: `Topic "${name}" is named more than once in the request.` });
  return { throttleTimeMs: 0, results: [...(await Promise.all(once.map(add))), ...repeated.map(twice)] };
});

function addedBy({ topics }: RequestOf<typeof CreatePartitions>, image: ClusterImage): number {
  let added = 0;
  for (const { name, count } of topics) added += Math.max(0, count - (image.topicByName(name)?.partitions.length ?? count));
  return added;
}

function answer(name: string, refused: Refused | undefined) {
  return { name, errorCode: errors[refused?.error ?? "NONE"].code, errorMessage: refused?.message ?? null };
}

function plan({ name, count, assignments }: TopicAsked, image: ClusterImage): ClusterEvent | Refused {
  const topic = image.topicByName(name);
  if (!topic) return { error: "UNKNOWN_TOPIC_OR_PARTITION", message: errors.UNKNOWN_TOPIC_OR_PARTITION.message };
  // Which partition keeps a group depends on how many there are: with more of them, groups would be looked for where they are not.
  if (topic.internal) return { error: "INVALID_REQUEST", message: `${name} keeps the partitions it was created with.` };
  const current = topic.partitions.length;
  const added = count - current;
  if (added === 0) return { error: "INVALID_PARTITIONS", message: `Topic "${name}" has ${current} partitions already.` };
  if (added < 0)
    return {
      error: "INVALID_PARTITIONS",
      message: `Topic "${name}" has ${current} partitions, and cannot have fewer: ${count} were asked for.`,
    };
  if (count > MAX_PARTITIONS_PER_TOPIC) {
    return { error: "INVALID_PARTITIONS", message: `${count} partitions: one topic has at most ${MAX_PARTITIONS_PER_TOPIC}.` };
  }
  if (assignments === null) {
    const partitions = placePartitions({
      brokers: brokerIds(image),
      partitionCount: added,
      replicationFactor: topic.replicationFactor,
      firstIndex: current,
    });
    return { type: "PartitionsAdded", topicId: topic.id, partitions };
  }
  if (assignments.length !== added) {
    return { error: "INVALID_REPLICA_ASSIGNMENT", message: `${added} partitions are added, but ${assignments.length} are assigned.` };
  }
  const chosen = assignments.map(({ brokerIds }) => brokerIds);
  const assigned = assignPartitions(brokerIds(image), chosen);
  if ("problem" in assigned) return { error: "INVALID_REPLICA_ASSIGNMENT", message: assigned.problem };
  return { type: "PartitionsAdded", topicId: topic.id, partitions: assigned.partitions };
}
