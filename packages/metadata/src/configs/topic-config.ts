// What a topic's configuration means to whoever stores or serves its records: effective values, typed.
import { assert } from "@moldau/std";
import type { ClusterImage, TopicImage } from "../cluster/image.js";
import { topicConfigs } from "./definitions.js";
import { type LocalBroker, resourceLayers } from "./layers.js";
import { type TypedReader, typedReader } from "./typed.js";

export interface TopicConfig {
  readonly maxMessageBytes: number;
  readonly timestampType: "CreateTime" | "LogAppendTime";
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  /** "producer" keeps what came; "none" stores uncompressed. */
  readonly compressionType: "producer" | "none" | "gzip" | "snappy" | "lz4" | "zstd";
  /** Of compressionType; 0 where that has none. */
  readonly compressionLevel: number;
  /** Whether old records are compacted, deleted, both or neither (cleanup.policy). */
  readonly compacted: boolean;
  readonly deleted: boolean;
  /** -1 for ever. */
  readonly retentionMs: number;
  /** -1 for all. */
  readonly retentionBytes: number;
  readonly deleteRetentionMs: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly minCleanableDirtyRatio: number;
  readonly minInsyncReplicas: number;
  readonly segmentBytes: number;
  readonly segmentMs: number;
}

interface Cached {
  readonly brokerConfigsVersion: number;
  readonly local: LocalBroker;
  readonly config: TopicConfig;
}

// A change of a topic's configs makes a new TopicImage, so the cache needs to look at what the topic falls back to only.
const cache = new WeakMap<TopicImage, Cached>();

/** The topic's effective configuration. Cheap when asked again: call it per request rather than keep it. */
export function effectiveTopicConfig(image: ClusterImage, topic: TopicImage, local: LocalBroker): TopicConfig {
  const cached = cache.get(topic);
  if (cached && cached.local === local && cached.brokerConfigsVersion === image.brokerConfigsVersion) return cached.config;
  const config = read(image, topic, local);
  cache.set(topic, { brokerConfigsVersion: image.brokerConfigsVersion, local, config });
  return config;
}

function read(image: ClusterImage, topic: TopicImage, local: LocalBroker): TopicConfig {
  const reader = typedReader(topicConfigs, (definition) => resourceLayers(definition, topic.configs, "DYNAMIC_TOPIC_CONFIG", image, local));
  const policies = reader.list("cleanup.policy");
  const compressionType = COMPRESSIONS[reader.text("compression.type")];
  assert(compressionType, "compression.type was validated");
  return {
    maxMessageBytes: reader.number("max.message.bytes"),
    timestampType: reader.text("message.timestamp.type") === "LogAppendTime" ? "LogAppendTime" : "CreateTime",
    timestampBeforeMaxMs: reader.number("message.timestamp.before.max.ms"),
    timestampAfterMaxMs: reader.number("message.timestamp.after.max.ms"),
    compressionType,
    compressionLevel: compressionLevel(compressionType, reader),
    compacted: policies.includes("compact"),
    deleted: policies.includes("delete"),
    retentionMs: reader.number("retention.ms"),
    retentionBytes: reader.number("retention.bytes"),
    deleteRetentionMs: reader.number("delete.retention.ms"),
    minCompactionLagMs: reader.number("min.compaction.lag.ms"),
    maxCompactionLagMs: reader.number("max.compaction.lag.ms"),
    minCleanableDirtyRatio: reader.number("min.cleanable.dirty.ratio"),
    minInsyncReplicas: reader.number("min.insync.replicas"),
    segmentBytes: reader.number("segment.bytes"),
    segmentMs: reader.number("segment.ms"),
  };
}

const COMPRESSIONS: Readonly<Record<string, TopicConfig["compressionType"]>> = {
  producer: "producer",
  uncompressed: "none",
  gzip: "gzip",
  snappy: "snappy",
  lz4: "lz4",
  zstd: "zstd",
};

function compressionLevel(type: TopicConfig["compressionType"], reader: TypedReader): number {
  return type === "gzip" || type === "lz4" || type === "zstd" ? reader.number(`compression.${type}.level`) : 0;
}
