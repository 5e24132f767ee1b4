// What the broker reads of configurations: typed, current, and cheap to ask again.
import { topicId } from "@moldau/std";
import { beforeEach, describe, expect, it } from "vitest";
import { type ClusterFold, clusterFold } from "../cluster/fold.js";
import type { TopicImage } from "../cluster/image.js";
import { brokerConfig } from "./broker-config.js";
import type { LocalBroker } from "./layers.js";
import { effectiveTopicConfig } from "./topic-config.js";

let fold: ClusterFold;
const local: LocalBroker = { nodeId: 1, properties: new Map([["message.max.bytes", "5000"]]) };

beforeEach(() => {
  fold = clusterFold();
  const partitions = [{ leaderEpoch: 0, replicas: [1] }];
  fold.apply({ type: "TopicCreated", topicId: topicId("t"), name: "t", replicationFactor: 1, partitions, configs: {} });
});

const setTopic = (changes: Record<string, string>) => fold.apply({ type: "TopicConfigsSet", topicId: topicId("t"), changes });
const setBroker = (broker: string, changes: Record<string, string>) => fold.apply({ type: "BrokerConfigsSet", broker, changes });
const topic = () => fold.image.topicByName("t") as TopicImage;
const config = (of = local) => effectiveTopicConfig(fold.image, topic(), of);

describe("a topic's effective config", () => {
  it("has Kafka's defaults", () => {
    expect(config({ nodeId: 1, properties: new Map() })).toEqual({
      maxMessageBytes: 1_048_588,
      timestampType: "CreateTime",
      timestampBeforeMaxMs: 2 ** 63,
      timestampAfterMaxMs: 3_600_000,
      compressionType: "producer",
      compressionLevel: 0,
      compacted: false,
      deleted: true,
      retentionMs: 604_800_000,
      retentionBytes: -1,
      deleteRetentionMs: 86_400_000,
      minCompactionLagMs: 0,
      maxCompactionLagMs: 2 ** 63,
      minCleanableDirtyRatio: 0.5,
      minInsyncReplicas: 1,
      segmentBytes: 1_073_741_824,
      segmentMs: 604_800_000,
    });
  });

  it("is the same object until something changes", () => {
    const before = config();
    expect(config()).toBe(before);
    setBroker("2", { "message.max.bytes": "1" });
    expect(config()).toEqual(before);
  });

  it("follows changes of the topic and of brokers", () => {
    const seen = [config().maxMessageBytes];
    setBroker("", { "message.max.bytes": "6000" });
    seen.push(config().maxMessageBytes);
    setBroker("1", { "message.max.bytes": "7000" });
    seen.push(config().maxMessageBytes);
    setTopic({ "max.message.bytes": "8000" });
    seen.push(config().maxMessageBytes);
    expect(seen).toEqual([5000, 6000, 7000, 8000]);
  });

  it("is each broker's own", () => {
    const other: LocalBroker = { nodeId: 2, properties: new Map() };
    setBroker("2", { "message.max.bytes": "9000" });
    expect([config().maxMessageBytes, config(other).maxMessageBytes, config().maxMessageBytes]).toEqual([5000, 9000, 5000]);
  });

  it.each([
    ["uncompressed", "none", 0],
    ["gzip", "gzip", -1],
    ["snappy", "snappy", 0],
    ["lz4", "lz4", 9],
    ["zstd", "zstd", 3],
  ])("has compression %s as %s with level %i", (type, compressionType, compressionLevel) => {
    setTopic({ "compression.type": type });
    expect(config()).toMatchObject({ compressionType, compressionLevel });
  });

  it("has both cleanup policies, or neither", () => {
    setTopic({ "cleanup.policy": "compact,delete" });
    expect(config()).toMatchObject({ compacted: true, deleted: true });
    setTopic({ "cleanup.policy": "" });
    expect(config()).toMatchObject({ compacted: false, deleted: false });
  });
});

describe("a broker's effective config", () => {
  it("has Kafka's defaults", () => {
    const bare: LocalBroker = { nodeId: 1, properties: new Map() };
    expect(brokerConfig(bare, fold.image)).toEqual({
      numPartitions: 1,
      autoCreateTopicsEnable: true,
      defaultReplicationFactor: 1,
      deleteTopicEnable: true,
      maxRequestPartitionSizeLimit: 2_000,
      connectionLimits: {
        maxFrameBytes: 104_857_600,
        maxConnections: 2_147_483_647,
        maxConnectionsPerHost: 2_147_483_647,
        maxConnectionsOfHost: new Map(),
        maxIdleMs: 600_000,
      },
      fetchMaxBytes: 57_671_680,
      fetchSessionSlots: 1_000,
      producerIdExpirationMs: 86_400_000,
      messageMaxBytes: 1_048_588,
      retentionCheckIntervalMs: 300_000,
    });
  });

  it("follows changes, and is the same object until there are any", () => {
    const before = brokerConfig(local, fold.image);
    expect(before.messageMaxBytes).toBe(5000);
    expect(brokerConfig(local, fold.image)).toBe(before);
    setBroker("1", { "max.connections.per.ip.overrides": "10.0.0.1:5,::1:3", "max.connections": "7" });
    const { maxConnections, maxConnectionsOfHost } = brokerConfig(local, fold.image).connectionLimits;
    expect(maxConnections).toBe(7);
    expect(Object.fromEntries(maxConnectionsOfHost)).toEqual({ "10.0.0.1": 5, "::1": 3 });
  });
});
