// The fold from cluster events to the cluster image. `apply` is the only thing that changes an image.
import { assert, type TopicId, unreachable } from "@moldau/std";
import { collisionKey } from "../topics/names.js";
import type { BrokerRegistered, ClusterEvent, ConfigChanges, PartitionAssignment, TopicCreated } from "./events.js";
import { type BrokerImage, type ClusterImage, type ConfigValues, isInternalTopic, type PartitionImage, type TopicImage } from "./image.js";
import { orderedNames } from "./ordered-names.js";

export interface ClusterFold {
  /** The image as of the last event applied. */
  readonly image: ClusterImage;
  /** Folds one event in. Throws AssertionError when the event contradicts what came before: the log is broken. */
  apply(event: ClusterEvent): void;
  /** Sets the version the image is the fold of. */
  reached(version: number): void;
}

const NO_CONFIGS: ConfigValues = new Map();

/** An image of nothing, and the way to change it. */
export function clusterFold(): ClusterFold {
  const byId = new Map<TopicId, TopicImage>();
  const byName = new Map<string, TopicImage>();
  const byCollisionKey = new Map<string, string>();
  const names = orderedNames();
  const brokerConfigs = new Map<string, ConfigValues>();
  const groupConfigs = new Map<string, ConfigValues>();
  const clientMetrics = new Map<string, ConfigValues>();
  let brokers: readonly BrokerImage[] = [];
  let version = 0;
  let clusterId = "";
  let partitionCount = 0;
  let brokerConfigsVersion = 0;
  let nextProducerId = 0;

  function* topics(from = ""): IterableIterator<TopicImage> {
    for (const name of names.from(from)) {
      const topic = byName.get(name);
      if (topic) yield topic;
    }
  }

  function put(topic: TopicImage): void {
    partitionCount += topic.partitions.length - (byId.get(topic.id)?.partitions.length ?? 0);
    byId.set(topic.id, topic);
    byName.set(topic.name, topic);
  }

  function existing(id: TopicId): TopicImage {
    const topic = byId.get(id);
    assert(topic, `the cluster log changes topic ${id}, which does not exist`);
    return topic;
  }

  function create(event: TopicCreated): void {
    assert(!byName.has(event.name), `the cluster log creates topic ${event.name} twice`);
    assert(!byId.has(event.topicId), `the cluster log gives the topic id ${event.topicId} twice`);
    put(topicImage(event));
    names.add(event.name);
    byCollisionKey.set(collisionKey(event.name), event.name);
  }

  function remove(topic: TopicImage): void {
    byId.delete(topic.id);
    byName.delete(topic.name);
    byCollisionKey.delete(collisionKey(topic.name));
    names.remove(topic.name);
    partitionCount -= topic.partitions.length;
  }

  function register(event: BrokerRegistered): void {
    const { type: _, brokerId: id, ...rest } = event;
    brokers = [...brokers.filter((broker) => broker.id !== id), { id, ...rest }].sort((a, b) => a.id - b.id);
  }

  function apply(event: ClusterEvent): void {
    switch (event.type) {
      case "ClusterCreated":
        assert(clusterId === "", "the cluster log creates the cluster twice");
        clusterId = event.clusterId;
        break;
      case "BrokerRegistered":
        register(event);
        break;
      case "TopicCreated":
        create(event);
        break;
      case "TopicDeleted":
        remove(existing(event.topicId));
        break;
      case "PartitionsAdded":
        put(withPartitions(existing(event.topicId), event.partitions));
        break;
      case "TopicConfigsSet": {
        const topic = existing(event.topicId);
        put({ ...topic, configs: changed(topic.configs, event.changes) });
        break;
      }
      case "BrokerConfigsSet":
        brokerConfigsVersion += 1;
        changeConfigs(brokerConfigs, event.broker, event.changes);
        break;
      case "GroupConfigsSet":
        changeConfigs(groupConfigs, event.group, event.changes);
        break;
      case "ClientMetricsConfigsSet":
        changeConfigs(clientMetrics, event.subscription, event.changes);
        break;
      case "ProducerIdsAllocated":
        assert(event.next >= nextProducerId, `the cluster log takes producer ids back: ${nextProducerId}, then ${event.next}`);
        nextProducerId = event.next;
        break;
      default:
        unreachable(event);
    }
  }

  const image: ClusterImage = {
    get version() {
      return version;
    },
    get clusterId() {
      return clusterId;
    },
    get topicCount() {
      return byId.size;
    },
    get partitionCount() {
      return partitionCount;
    },
    get brokers() {
      return brokers;
    },
    get brokerConfigsVersion() {
      return brokerConfigsVersion;
    },
    get nextProducerId() {
      return nextProducerId;
    },
    topicByName: (name) => byName.get(name),
    topicById: (id) => byId.get(id),
    topics,
    topicLike: (name) => byName.get(byCollisionKey.get(collisionKey(name)) ?? ""),
    broker: (id) => brokers.find((broker) => broker.id === id),
    brokerConfigs: (broker) => brokerConfigs.get(broker) ?? NO_CONFIGS,
    configuredBrokers: () => [...brokerConfigs.keys()].sort(),
    groupConfigs: (group) => groupConfigs.get(group) ?? NO_CONFIGS,
    configuredGroups: () => [...groupConfigs.keys()].sort(),
    clientMetricsConfigs: (subscription) => clientMetrics.get(subscription) ?? NO_CONFIGS,
    clientMetricsSubscriptions: () => [...clientMetrics.keys()].sort(),
  };

  return {
    image,
    apply,
    reached(reached) {
      version = reached;
    },
  };
}

function topicImage(event: TopicCreated): TopicImage {
  return {
    id: event.topicId,
    name: event.name,
    partitions: event.partitions.map((assignment, index) => partitionImage(index, assignment)),
    replicationFactor: event.replicationFactor,
    configs: new Map(Object.entries(event.configs)),
    internal: isInternalTopic(event.name),
  };
}

function withPartitions(topic: TopicImage, assignments: readonly PartitionAssignment[]): TopicImage {
  const first = topic.partitions.length;
  const added = assignments.map((assignment, at) => partitionImage(first + at, assignment));
  return { ...topic, partitions: [...topic.partitions, ...added] };
}

function partitionImage(index: number, { leaderEpoch, replicas }: PartitionAssignment): PartitionImage {
  const leader = replicas[0];
  assert(leader !== undefined, `the cluster log has partition ${index} of a topic without a replica`);
  return { index, leader, leaderEpoch, replicas, isr: replicas };
}

function changeConfigs(all: Map<string, ConfigValues>, name: string, changes: ConfigChanges): void {
  const values = changed(all.get(name) ?? NO_CONFIGS, changes);
  if (values.size === 0) all.delete(name);
  else all.set(name, values);
}

function changed(values: ConfigValues, changes: ConfigChanges): ConfigValues {
  const next = new Map(values);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}
