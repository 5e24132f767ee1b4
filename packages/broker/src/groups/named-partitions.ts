// Requests about offsets name partitions, by topic name or id. Those that the cluster does not have are answered here; of the rest, groups
// get both name and id.
import { type ErrorName, errors } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import type { Services } from "../services.js";
import { findTopic } from "../topics/lookup.js";

interface NamedPartition {
  readonly partitionIndex: number;
}

export interface NamedTopic<Partition extends NamedPartition> {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly Partition[];
}

export type AnsweredTopic = NamedTopic<{ readonly partitionIndex: number; readonly errorCode: number }>;

export interface CheckedTopics<Topic> {
  /** With the partitions that exist. */
  readonly known: readonly Topic[];
  readonly unknown: readonly AnsweredTopic[];
}

export function checkTopics<Partition extends NamedPartition, Topic extends NamedTopic<Partition>>(
  services: Services,
  topics: readonly (Topic & NamedTopic<Partition>)[],
  byId: boolean,
): CheckedTopics<Topic> {
  const known: Topic[] = [];
  const unknown: AnsweredTopic[] = [];
  for (const topic of topics) {
    const found = findTopic(services, byId ? { id: topic.topicId } : { name: topic.name });
    if (!found) {
      unknown.push(refused(topic, topic.partitions, byId ? "UNKNOWN_TOPIC_ID" : "UNKNOWN_TOPIC_OR_PARTITION"));
      continue;
    }
    const exists = ({ partitionIndex }: NamedPartition) => found.partitions[partitionIndex] !== undefined;
    const named = { ...topic, name: found.name, topicId: found.id as string };
    const partitions = topic.partitions.filter(exists);
    if (partitions.length > 0) known.push({ ...named, partitions });
    if (partitions.length === topic.partitions.length) continue;
    const absent = topic.partitions.filter((partition) => !exists(partition));
    unknown.push(refused(named, absent, "UNKNOWN_TOPIC_OR_PARTITION"));
  }
  return { known, unknown };
}

/** The same error for all of some topics' partitions. */
export const refusedAll = (topics: readonly NamedTopic<NamedPartition>[], error: ErrorName): AnsweredTopic[] =>
  topics.map((topic) => refused(topic, topic.partitions, error));

function refused(
  { name, topicId }: { readonly name: string; readonly topicId: string },
  partitions: readonly NamedPartition[],
  error: ErrorName,
): AnsweredTopic {
  return { name, topicId, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: errors[error].code })) };
}

/** As answers have topics: what a version does not name is left out. */
interface Answered {
  readonly name?: string | undefined;
  readonly topicId?: string | undefined;
  readonly partitions: AnsweredTopic["partitions"];
}

/** The answers of both kinds, each topic once, as Kafka orders them. */
export function merged(unknown: readonly Answered[], answered: readonly Answered[]): AnsweredTopic[] {
  const byTopic = new Map<string, AnsweredTopic>();
  for (const { name = "", topicId = ZERO_UUID, partitions } of [...unknown, ...answered]) {
    // An id that is unknown has no name.
    const key = name === "" ? `id ${topicId}` : name;
    const before = byTopic.get(key);
    byTopic.set(key, { name, topicId, partitions: before ? [...before.partitions, ...partitions] : partitions });
  }
  return [...byTopic.values()];
}
