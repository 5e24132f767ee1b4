// From what a request names (a topic by name or by id, a partition by number) to the partition we lead, or the error to answer.
import type { TopicImage } from "@moldau/metadata";
import type { ErrorName } from "@moldau/protocol";
import { topicId } from "@moldau/std";
import { failureReason } from "../failure.js";
import type { Partition } from "../partitions/partition.js";
import type { Services } from "../services.js";

/** Requests name topics by id from some version on (KIP-516), by name before. */
export type TopicRef = { readonly id: string } | { readonly name: string };

export function findTopic({ metadata }: Services, ref: TopicRef): TopicImage | undefined {
  return "id" in ref ? metadata.image.topicById(topicId(ref.id)) : metadata.image.topicByName(ref.name);
}

/** At once when the partition is open. Never rejects: a log that can't be opened is a storage error. */
export function findPartition(services: Services, ref: TopicRef, index: number): Partition | ErrorName | Promise<Partition | ErrorName> {
  const topic = findTopic(services, ref);
  if (!topic) return "id" in ref ? "UNKNOWN_TOPIC_ID" : "UNKNOWN_TOPIC_OR_PARTITION";
  const found = services.partitions.find(topic, index);
  if (!found) return "UNKNOWN_TOPIC_OR_PARTITION";
  if (!(found instanceof Promise)) return found;
  return found.catch((error: unknown): ErrorName => {
    const reason = failureReason(error);
    services.log.error({ topic: topic.name, partition: index, reason }, "a partition could not be opened");
    return "KAFKA_STORAGE_ERROR";
  });
}
