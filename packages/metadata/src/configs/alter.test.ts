import { topicId } from "@moldau/std";
import { beforeEach, describe, expect, it } from "vitest";
import { type ClusterFold, clusterFold } from "../cluster/fold.js";
import { alterConfigs, type ConfigOperation, replaceConfigs } from "./alter.js";
import type { LocalBroker } from "./layers.js";
import type { ConfigResource } from "./resource.js";

let fold: ClusterFold;
const local: LocalBroker = { nodeId: 1, properties: new Map() };
const TOPIC: ConfigResource = { type: "topic", name: "t" };
const BROKER: ConfigResource = { type: "broker", name: "1" };
const ALL_BROKERS: ConfigResource = { type: "broker", name: "" };
const GROUP: ConfigResource = { type: "group", name: "g" };
const SUBSCRIPTION: ConfigResource = { type: "clientMetrics", name: "m" };

beforeEach(() => {
  fold = clusterFold();
  const partitions = [{ leaderEpoch: 0, replicas: [1] }];
  fold.apply({ type: "TopicCreated", topicId: topicId("t"), name: "t", replicationFactor: 1, partitions, configs: {} });
});

/** "SET name value", "DELETE name". */
function operation(text: string): ConfigOperation {
  const [kind = "", name = "", ...rest] = text.split(" ");
  return { name, operation: kind as ConfigOperation["operation"], value: kind === "DELETE" ? null : rest.join(" ") };
}

/** Alters, folds what comes of it in, and tells "ok", "same" or the error. */
function alter(resource: ConfigResource, ...operations: readonly string[]): string {
  return settle(alterConfigs(fold.image, local, resource, operations.map(operation)));
}

function settle(outcome: ReturnType<typeof alterConfigs>): string {
  if ("problem" in outcome) return outcome.problem.error;
  for (const event of outcome.events) fold.apply(event);
  return outcome.events.length === 0 ? "same" : "ok";
}

const topicConfigs = () => Object.fromEntries(fold.image.topicByName("t")?.configs ?? []);

describe("altering a topic", () => {
  it("sets, deletes, and writes nothing when nothing changes", () => {
    expect([alter(TOPIC, "SET retention.ms 5"), alter(TOPIC, "SET retention.ms 5")]).toEqual(["ok", "same"]);
    expect(topicConfigs()).toEqual({ "retention.ms": "5" });
    expect([alter(TOPIC, "DELETE retention.ms"), alter(TOPIC, "DELETE retention.ms"), alter(TOPIC, "DELETE nope")]).toEqual([
      "ok",
      "same",
      "same",
    ]);
    expect(topicConfigs()).toEqual({});
  });

  it("appends to and subtracts from lists, beginning with the default", () => {
    alter(TOPIC, "APPEND cleanup.policy compact");
    expect(topicConfigs()).toEqual({ "cleanup.policy": "delete,compact" });
    expect(alter(TOPIC, "APPEND cleanup.policy compact")).toBe("same");
    alter(TOPIC, "SUBTRACT cleanup.policy delete");
    expect(topicConfigs()).toEqual({ "cleanup.policy": "compact" });
    expect(alter(TOPIC, "SUBTRACT cleanup.policy delete")).toBe("same");
  });

  it("does all or nothing", () => {
    expect(alter(TOPIC, "SET retention.ms 5", "SET segment.bytes 1")).toBe("INVALID_CONFIG");
    expect(topicConfigs()).toEqual({});
  });

  // The errors are those that a Kafka 4.3.1 answered to the same operations.
  it.each([
    ["SET retention.ms abc", "INVALID_CONFIG"],
    ["SET retention.ms -2", "INVALID_CONFIG"],
    ["SET nope 1", "INVALID_CONFIG"],
    ["SET cleanup.policy foo", "INVALID_CONFIG"],
    ["SET cleanup.policy ", "ok"],
    ["SET compression.gzip.level 0", "INVALID_CONFIG"],
    ["SET preallocate yes", "INVALID_CONFIG"],
    ["SET preallocate TRUE", "ok"],
    ["SET segment.bytes 99999999999", "INVALID_CONFIG"],
    ["APPEND retention.ms 1", "INVALID_CONFIG"],
    ["APPEND nope 1", "INVALID_CONFIG"],
    ["SET leader.replication.throttled.replicas x", "INVALID_CONFIG"],
  ])("%s: %s", (text, expected) => {
    expect(alter(TOPIC, text)).toBe(expected);
  });

  it("refuses a null, a name twice, and settings that contradict each other", () => {
    expect(settle(alterConfigs(fold.image, local, TOPIC, [{ name: "retention.ms", operation: "SET", value: null }]))).toBe(
      "INVALID_REQUEST",
    );
    expect(alter(TOPIC, "SET retention.ms 1", "DELETE retention.ms")).toBe("INVALID_REQUEST");
    expect(alter(TOPIC, "SET max.compaction.lag.ms 1")).toBe("ok");
    expect(alter(TOPIC, "SET min.compaction.lag.ms 100")).toBe("INVALID_CONFIG");
    expect(alter(TOPIC, "SET min.compaction.lag.ms 100", "DELETE max.compaction.lag.ms")).toBe("ok");
  });
});

describe("replacing a topic's configs", () => {
  it("takes away what is not named", () => {
    alter(TOPIC, "SET retention.ms 5", "SET segment.bytes 1048576");
    expect(settle(replaceConfigs(fold.image, local, TOPIC, [{ name: "retention.ms", value: "6" }]))).toBe("ok");
    expect(topicConfigs()).toEqual({ "retention.ms": "6" });
    expect(settle(replaceConfigs(fold.image, local, TOPIC, []))).toBe("ok");
    expect(topicConfigs()).toEqual({});
  });

  it("refuses a null and what is wrong", () => {
    expect(settle(replaceConfigs(fold.image, local, TOPIC, [{ name: "retention.ms", value: null }]))).toBe("INVALID_REQUEST");
    expect(settle(replaceConfigs(fold.image, local, TOPIC, [{ name: "retention.ms", value: "x" }]))).toBe("INVALID_CONFIG");
  });
});

describe("altering brokers", () => {
  it.each<[ConfigResource, string, string]>([
    [BROKER, "SET num.partitions 3", "INVALID_REQUEST"],
    [BROKER, "SET advertised.listeners PLAINTEXT://h:1", "INVALID_REQUEST"],
    [BROKER, "SET message.max.bytes 3", "ok"],
    [BROKER, "SET log.retention.ms abc", "INVALID_REQUEST"],
    [BROKER, "SET my.plugin 3", "ok"],
    [ALL_BROKERS, "SET log.retention.ms 12345", "ok"],
    [ALL_BROKERS, "SET listeners PLAINTEXT://:1", "INVALID_REQUEST"],
    [{ type: "broker", name: "9" }, "SET max.connections 1", "INVALID_REQUEST"],
    [{ type: "brokerLogger", name: "1" }, "SET root DEBUG", "INVALID_REQUEST"],
  ])("%j %s: %s", (resource, text, expected) => {
    expect(alter(resource, text)).toBe(expected);
  });

  it("is of one broker or of all", () => {
    alter(BROKER, "SET max.connections 1");
    alter(ALL_BROKERS, "SET max.connections 2");
    expect([fold.image.brokerConfigs("1").get("max.connections"), fold.image.brokerConfigs("").get("max.connections")]).toEqual(["1", "2"]);
  });
});

describe("altering groups and client metrics", () => {
  it.each<[ConfigResource, string, string]>([
    [GROUP, "SET consumer.session.timeout.ms 1", "INVALID_CONFIG"],
    [GROUP, "SET consumer.session.timeout.ms 60001", "INVALID_CONFIG"],
    [GROUP, "SET consumer.session.timeout.ms 50000", "ok"],
    [GROUP, "SET consumer.heartbeat.interval.ms 100", "INVALID_CONFIG"],
    [GROUP, "SET nope 1", "INVALID_CONFIG"],
    [GROUP, "SET share.auto.offset.reset x", "INVALID_CONFIG"],
    [SUBSCRIPTION, "SET interval.ms 1", "INVALID_REQUEST"],
    [SUBSCRIPTION, "SET interval.ms 1000", "ok"],
    [SUBSCRIPTION, "SET metrics a,b", "ok"],
    [SUBSCRIPTION, "SET match client_id=.*", "ok"],
    [SUBSCRIPTION, "SET match foo=.*", "INVALID_CONFIG"],
    [SUBSCRIPTION, "SET match client_id=(", "INVALID_CONFIG"],
    [SUBSCRIPTION, "SET nope 1", "INVALID_REQUEST"],
  ])("%j %s: %s", (resource, text, expected) => {
    expect(alter(resource, text)).toBe(expected);
  });

  it("looks at the bounds that the brokers set, and at heartbeats", () => {
    alter(ALL_BROKERS, "SET group.consumer.min.session.timeout.ms 5001");
    expect(fold.image.brokerConfigs("").size).toBe(0);
    fold.apply({ type: "BrokerConfigsSet", broker: "", changes: { "group.consumer.min.session.timeout.ms": "4000" } });
    expect(alter(GROUP, "SET consumer.session.timeout.ms 5000")).toBe("INVALID_CONFIG");
    expect(alter(GROUP, "SET consumer.session.timeout.ms 5001")).toBe("ok");
  });
});
