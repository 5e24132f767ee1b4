// When a topic leaves the cluster image its logs go too: behind, for clients have been answered by then.
import type { ClusterEvent, Metadata } from "@moldau/metadata";
import type { TopicId } from "@moldau/std";
import type { Logger } from "../logger.js";
import type { Partitions } from "../partitions/partitions.js";

/** Follows the cluster log. A crash in between is made good when the store is opened: it sweeps logs of topics that are no more. */
export function deleteLogsOfDeletedTopics(metadata: Metadata, partitions: Partitions, log: Logger): void {
  const partitionCounts = new Map<TopicId, number>();
  for (const topic of metadata.image.topics()) partitionCounts.set(topic.id, topic.partitions.length);

  const follow = (event: ClusterEvent) => {
    if (event.type === "TopicCreated") partitionCounts.set(event.topicId, event.partitions.length);
    if (event.type === "PartitionsAdded") {
      partitionCounts.set(event.topicId, (partitionCounts.get(event.topicId) ?? 0) + event.partitions.length);
    }
    if (event.type !== "TopicDeleted") return;
    const count = partitionCounts.get(event.topicId) ?? 0;
    partitionCounts.delete(event.topicId);
    partitions.drop(event.topicId, count).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ topicId: event.topicId, reason }, "a deleted topic's logs could not be freed; the next start tries again");
    });
  };
  metadata.onChange((events) => events.forEach(follow));
}
