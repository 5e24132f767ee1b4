// An image as plain data, for tests to compare: everything that a reader could see.
import type { ClusterImage } from "./image.js";

export function imageData(image: ClusterImage) {
  return {
    clusterId: image.clusterId,
    nextProducerId: image.nextProducerId,
    topicCount: image.topicCount,
    partitionCount: image.partitionCount,
    brokers: image.brokers,
    topics: [...image.topics()].map((topic) => ({ ...topic, configs: Object.fromEntries(topic.configs) })),
    brokerConfigs: image.configuredBrokers().map((broker) => [broker, Object.fromEntries(image.brokerConfigs(broker))]),
    groupConfigs: image.configuredGroups().map((group) => [group, Object.fromEntries(image.groupConfigs(group))]),
    clientMetrics: image.clientMetricsSubscriptions().map((name) => [name, Object.fromEntries(image.clientMetricsConfigs(name))]),
  };
}
