// Topics that leave the cluster image: their logs go too, behind, for clients have been answered by then; and whoever keeps something of
// theirs is told.
import type { ClusterEvent, Metadata } from "@moldau/metadata";
import type { TopicId } from "@moldau/std";
import { failureReasonOr } from "../failure.js";
import type { Logger } from "../logger.js";
import type { Partitions } from "../partitions/partitions.js";

export interface DeletedTopic {
  readonly id: TopicId;
  readonly name: string;
  readonly partitionCount: number;
}

/** Follows the cluster log. The event names the id alone, and the image has forgotten the rest. */
export function followDeletions(metadata: Metadata, deleted: (topics: readonly DeletedTopic[]) => void): void {
  const known = new Map<TopicId, DeletedTopic>();
  const know = (id: TopicId, name: string, partitionCount: number) => known.set(id, { id, name, partitionCount });
  for (const { id, name, partitions } of metadata.image.topics()) know(id, name, partitions.length);

  const follow = (event: ClusterEvent): readonly DeletedTopic[] => {
    if (event.type === "TopicCreated") know(event.topicId, event.name, event.partitions.length);
    if (event.type === "PartitionsAdded") {
      const topic = known.get(event.topicId);
      if (topic) know(topic.id, topic.name, topic.partitionCount + event.partitions.length);
    }
    if (event.type !== "TopicDeleted") return [];
    const topic = known.get(event.topicId);
    known.delete(event.topicId);
    return topic ? [topic] : [];
  };
  metadata.onChange((events) => {
    const gone = events.flatMap(follow);
    if (gone.length > 0) deleted(gone);
  });
}

/** A crash in between is made good when the store is opened: it sweeps logs of topics that are no more. */
export function deleteLogs(topics: readonly DeletedTopic[], partitions: Partitions, log: Logger, fatal: (error: Error) => void): void {
  for (const { id, partitionCount } of topics) {
    partitions.drop(id, partitionCount).catch((error: unknown) => {
      const reason = failureReasonOr(fatal, error);
      if (reason !== undefined) log.error({ topicId: id, reason }, "a deleted topic's logs could not be freed; the next start tries again");
    });
  }
}
