// __consumer_offsets: the internal topic that keeps groups and their offsets. Created when the first group is looked for.
import { type Metadata, type OffsetsTopicConfig, type TopicImage, topicConfigProblem } from "@moldau/metadata";
import type { CreateOutcome, TopicCreation } from "../topics/creation.js";

export const OFFSETS_TOPIC = "__consumer_offsets";

export const offsetsTopic = ({ image }: Metadata): TopicImage | undefined => image.topicByName(OFFSETS_TOPIC);

/** Undefined when it cannot be created now. */
export async function createOffsetsTopic(
  metadata: Metadata,
  topics: TopicCreation,
  { partitionCount, replicationFactor, segmentBytes }: OffsetsTopicConfig,
): Promise<TopicImage | CreateOutcome> {
  const segmentTooSmall = topicConfigProblem("segment.bytes", String(segmentBytes));
  const configs = new Map([
    ["cleanup.policy", "compact"],
    ["compression.type", "producer"],
    ...(segmentTooSmall ? [] : [["segment.bytes", String(segmentBytes)] as const]),
  ]);
  const outcome = await topics.create({ name: OFFSETS_TOPIC, numPartitions: partitionCount, replicationFactor, assignments: [], configs });
  // Somebody else was faster: that is what we wanted.
  return offsetsTopic(metadata) ?? outcome;
}
