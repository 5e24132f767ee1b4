// One marker into one partition of this broker.
import type { Clock } from "@moldau/env";
import type { Metadata } from "@moldau/metadata";
import type { Logger } from "../logger.js";
import { appendMarker } from "../partitions/append-marker.js";
import type { Partitions } from "../partitions/partitions.js";
import type { WriteMarker } from "./marker-writer.js";

export interface MarkerTargets {
  readonly metadata: Metadata;
  readonly partitions: Partitions;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A partition that is gone has nothing left to end; one that refuses has heard of something newer. */
export const markersInto =
  ({ metadata, partitions, clock, log }: MarkerTargets): WriteMarker =>
  async (topic, index, marker) => {
    const image = metadata.image.topicByName(topic);
    const partition = image && (await partitions.find(image, index));
    if (!partition) return;
    const outcome = await appendMarker(partition, marker, partitions, clock.now());
    if (outcome.kind === "appended") return outcome.durable;
    if (outcome.error === "UNKNOWN_TOPIC_OR_PARTITION") return;
    log.warn({ topic, partition: index, error: outcome.error, reason: outcome.message }, "a partition refuses the marker of a transaction");
  };
