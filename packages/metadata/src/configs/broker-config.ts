// What a broker's configuration means to the broker: the effective values of those that have an effect, typed.
import { brokerSettings } from "./broker-settings.js";
import type { TypedReader } from "./typed.js";
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

/** The broker's effective configuration. Cheap when asked again: call it per request rather than keep it. */
export const brokerConfig = brokerSettings(read);

function read(reader: TypedReader): BrokerConfig {
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
