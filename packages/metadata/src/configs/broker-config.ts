// What a broker's configuration means to the broker: the effective values of those that have an effect, typed.
import { assert } from "@moldau/std";
import type { ClusterImage } from "../cluster/image.js";
import { brokerConfigs } from "./definitions.js";
import { brokerLayers, type LocalBroker } from "./layers.js";
import { typedReader } from "./typed.js";
import { listItems } from "./value.js";

export interface BrokerConfig {
  readonly numPartitions: number;
  readonly autoCreateTopicsEnable: boolean;
  readonly defaultReplicationFactor: number;
  readonly deleteTopicEnable: boolean;
  readonly maxRequestPartitionSizeLimit: number;
  readonly connectionLimits: ConnectionLimits;
  readonly fetchMaxBytes: number;
  readonly fetchSessionSlots: number;
  readonly producerIdExpirationMs: number;
  readonly messageMaxBytes: number;
  readonly retentionCheckIntervalMs: number;
}

export interface ConnectionLimits {
  readonly maxFrameBytes: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerHost: number;
  /** By address, where it differs from maxConnectionsPerHost. */
  readonly maxConnectionsOfHost: ReadonlyMap<string, number>;
  readonly maxIdleMs: number;
}

interface Cached {
  readonly brokerConfigsVersion: number;
  readonly image: ClusterImage;
  readonly config: BrokerConfig;
}

const cache = new WeakMap<LocalBroker, Cached>();

/** The broker's effective configuration. Cheap when asked again: call it per request rather than keep it. */
export function brokerConfig(local: LocalBroker, image: ClusterImage): BrokerConfig {
  const cached = cache.get(local);
  if (cached && cached.image === image && cached.brokerConfigsVersion === image.brokerConfigsVersion) return cached.config;
  const config = read(local, image);
  cache.set(local, { brokerConfigsVersion: image.brokerConfigsVersion, image, config });
  return config;
}

function read(local: LocalBroker, image: ClusterImage): BrokerConfig {
  const reader = typedReader(brokerConfigs, (name) => {
    const definition = brokerConfigs.get(name);
    assert(definition, `there is no broker config ${name}`);
    return brokerLayers(definition, image, local);
  });
  return {
    numPartitions: reader.number("num.partitions"),
    autoCreateTopicsEnable: reader.boolean("auto.create.topics.enable"),
    defaultReplicationFactor: reader.number("default.replication.factor"),
    deleteTopicEnable: reader.boolean("delete.topic.enable"),
    maxRequestPartitionSizeLimit: reader.number("max.request.partition.size.limit"),
    connectionLimits: {
      maxFrameBytes: reader.number("socket.request.max.bytes"),
      maxConnections: reader.number("max.connections"),
      maxConnectionsPerHost: reader.number("max.connections.per.ip"),
      maxConnectionsOfHost: connectionOverrides(reader.text("max.connections.per.ip.overrides")),
      maxIdleMs: reader.number("connections.max.idle.ms"),
    },
    fetchMaxBytes: reader.number("fetch.max.bytes"),
    fetchSessionSlots: reader.number("max.incremental.fetch.session.cache.slots"),
    producerIdExpirationMs: reader.number("producer.id.expiration.ms"),
    messageMaxBytes: reader.number("message.max.bytes"),
    retentionCheckIntervalMs: reader.number("log.retention.check.interval.ms"),
  };
}

/** "ADDRESS:COUNT,…"; an IPv6 address has colons of its own, so the last one divides. */
function connectionOverrides(text: string): ReadonlyMap<string, number> {
  return new Map(
    listItems(text).map((item) => {
      const colon = item.lastIndexOf(":");
      return [item.slice(0, colon), Number(item.slice(colon + 1))];
    }),
  );
}
