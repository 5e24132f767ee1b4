// Ends a producer's transaction in one partition of this broker: its marker is written there. Those of __consumer_offsets go through the
// coordinator of the groups that lie there, for it is their log.
import type { Clock } from "@moldau/env";
import type { Metadata } from "@moldau/metadata";
import { OFFSETS_TOPIC } from "../groups/groups.js";
import { type Refusal, refusal } from "../partitions/append.js";
import { appendMarker, appendMarkerAtOnce } from "../partitions/append-marker.js";
import type { Partitions } from "../partitions/partitions.js";
import type { MarkerFacts } from "../partitions/producer-state.js";

/** Resolves when the marker is durable, or with the reason why it may not be written. Rejects when it is to be tried again. */
export type EndInPartition = (topic: string, partition: number, marker: MarkerFacts) => Promise<Refusal | undefined>;

/**
 * The same within this call, for a decision that is on its way and not durable yet: the marker follows it in the journal, so it is durable
 * only if the decision is. Undefined when it cannot be done at once; else resolves with whether the marker is durable.
 */
export type EndAtOnce = (topic: string, partition: number, marker: MarkerFacts) => Promise<boolean> | undefined;

export interface MarkerTargets {
  readonly metadata: Metadata;
  readonly partitions: Partitions;
  readonly clock: Clock;
  /** For a partition of __consumer_offsets. */
  readonly endOffsets: (partition: number, marker: MarkerFacts) => Promise<Refusal | undefined>;
}

export const endingInPartitions =
  ({ metadata, partitions, clock, endOffsets }: MarkerTargets): EndInPartition =>
  async (topic, index, marker) => {
    const image = metadata.image.topicByName(topic);
    const partition = image && (await partitions.find(image, index));
    if (!partition) return refusal("UNKNOWN_TOPIC_OR_PARTITION", `there is no partition ${index} of ${topic}`);
    if (topic === OFFSETS_TOPIC) return endOffsets(index, marker);
    const outcome = await appendMarker(partition, marker, partitions, clock.now());
    if (outcome.kind === "refused") return outcome;
    await outcome.durable;
    return undefined;
  };

/** Not for __consumer_offsets, where other records of the coordinator may be in the way. */
export const endingAtOnce =
  ({ metadata, partitions, clock }: Omit<MarkerTargets, "endOffsets">): EndAtOnce =>
  (topic, index, marker) => {
    const image = metadata.image.topicByName(topic);
    if (!image || topic === OFFSETS_TOPIC) return undefined;
    const partition = partitions.opened(image.id).find((one) => one.index === index);
    const outcome = partition && appendMarkerAtOnce(partition, marker, partitions, clock.now());
    if (outcome?.kind !== "appended") return undefined;
    return outcome.durable.then(
      () => true,
      () => false,
    );
  };
