// Snapshots of the cluster image: the shortest list of events that folds to it, so that starting does not read every event ever.
import type { Timers } from "@moldau/env";
import { type ClusterEvent, eventText } from "./events.js";
import type { ClusterImage, ConfigValues, TopicImage } from "./image.js";

/** Events encoded between two chances for others to run: well under a millisecond. */
const EVENTS_PER_SLICE = 200;

/** The events that fold to `image` as it is at the call, whatever changes while they are encoded. */
export function snapshotEvents(image: ClusterImage): Iterable<ClusterEvent> {
  const settings = settingEvents(image);
  const topics = [...image.topics()];
  return (function* () {
    yield* settings;
    for (const topic of topics) yield created(topic);
  })();
}

/** What decodeSnapshot reads, made in slices so that nobody waits for a large cluster. */
export async function encodeSnapshot(image: ClusterImage, timers: Timers): Promise<Uint8Array> {
  const lines: string[] = [];
  for (const event of snapshotEvents(image)) {
    lines.push(eventText(event));
    if (lines.length % EVENTS_PER_SLICE === 0) await timers.yield();
  }
  return new TextEncoder().encode(lines.join("\n"));
}

function settingEvents(image: ClusterImage): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (image.clusterId !== "") events.push({ type: "ClusterCreated", clusterId: image.clusterId });
  for (const { id, ...rest } of image.brokers) events.push({ type: "BrokerRegistered", brokerId: id, ...rest });
  for (const broker of image.configuredBrokers()) {
    events.push({ type: "BrokerConfigsSet", broker, changes: record(image.brokerConfigs(broker)) });
  }
  for (const group of image.configuredGroups()) events.push({ type: "GroupConfigsSet", group, changes: record(image.groupConfigs(group)) });
  for (const subscription of image.clientMetricsSubscriptions()) {
    events.push({ type: "ClientMetricsConfigsSet", subscription, changes: record(image.clientMetricsConfigs(subscription)) });
  }
  if (image.nextProducerId > 0) events.push({ type: "ProducerIdsAllocated", next: image.nextProducerId });
  return events;
}

function created(topic: TopicImage): ClusterEvent {
  return {
    type: "TopicCreated",
    topicId: topic.id,
    name: topic.name,
    replicationFactor: topic.replicationFactor,
    partitions: topic.partitions.map(({ leaderEpoch, replicas }) => ({ leaderEpoch, replicas })),
    configs: record(topic.configs),
  };
}

const record = (values: ConfigValues): Record<string, string> => Object.fromEntries(values);
