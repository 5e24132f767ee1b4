import { topicId } from "@moldau/std";
import { beforeEach, describe, expect, it } from "vitest";
import type { ClusterEvent } from "../cluster/events.js";
import { type ClusterFold, clusterFold } from "../cluster/fold.js";
import { describeConfigs, describeTopicConfigs } from "./describe.js";
import type { LocalBroker } from "./layers.js";
import type { ConfigResource } from "./resource.js";

let fold: ClusterFold;
let local: LocalBroker;

beforeEach(() => {
  fold = clusterFold();
  local = { nodeId: 1, properties: new Map([["node.id", "1"]]) };
  apply({
    type: "TopicCreated",
    topicId: topicId("t"),
    name: "t",
    replicationFactor: 1,
    partitions: [{ leaderEpoch: 0, replicas: [1] }],
    configs: {},
  });
});

const apply = (event: ClusterEvent) => fold.apply(event);
const setBroker = (broker: string, changes: Record<string, string>) => apply({ type: "BrokerConfigsSet", broker, changes });
const setTopic = (changes: Record<string, string>) => apply({ type: "TopicConfigsSet", topicId: topicId("t"), changes });

function described(resource: ConfigResource, names: readonly string[] | null = null) {
  const outcome = describeConfigs(fold.image, local, resource, { names, includeSynonyms: true, includeDocumentation: true });
  if ("problem" in outcome) throw new Error(outcome.problem.message);
  return outcome.configs;
}

/** One config as "VALUE from SOURCE ← name=value@SOURCE …". */
function line(resource: ConfigResource, name: string): string {
  const config = described(resource, [name])[0];
  return `${config?.value} from ${config?.source} ← ${config?.synonyms.map((s) => `${s.name}=${s.value}@${s.source}`).join(" ")}`;
}

const TOPIC: ConfigResource = { type: "topic", name: "t" };
const BROKER: ConfigResource = { type: "broker", name: "1" };

describe("a topic's configs", () => {
  it("are all described, in order", () => {
    const names = described(TOPIC).map(({ name }) => name);
    expect(names).toHaveLength(33);
    expect(names).toEqual([...names].sort());
  });

  it("come from the topic, this broker, all brokers, its properties, the default", () => {
    const name = "max.message.bytes";
    const steps = [line(TOPIC, name)];
    local = { nodeId: 1, properties: new Map([["message.max.bytes", "1000"]]) };
    steps.push(line(TOPIC, name));
    setBroker("", { "message.max.bytes": "2000" });
    setBroker("2", { "message.max.bytes": "2222" });
    steps.push(line(TOPIC, name));
    setBroker("1", { "message.max.bytes": "3000" });
    setTopic({ [name]: "4000" });
    steps.push(line(TOPIC, name));
    const byDefault = "message.max.bytes=1048588@DEFAULT_CONFIG";
    const byProperties = `message.max.bytes=1000@STATIC_BROKER_CONFIG ${byDefault}`;
    const byAll = `message.max.bytes=2000@DYNAMIC_DEFAULT_BROKER_CONFIG ${byProperties}`;
    expect(steps).toEqual([
      `1048588 from DEFAULT_CONFIG ← ${byDefault}`,
      `1000 from STATIC_BROKER_CONFIG ← ${byProperties}`,
      `2000 from DYNAMIC_DEFAULT_BROKER_CONFIG ← ${byAll}`,
      `4000 from DYNAMIC_TOPIC_CONFIG ← max.message.bytes=4000@DYNAMIC_TOPIC_CONFIG message.max.bytes=3000@DYNAMIC_BROKER_CONFIG ${byAll}`,
    ]);
  });

  it("are in their own unit, where the broker's is another", () => {
    expect(line(TOPIC, "retention.ms")).toBe("604800000 from DEFAULT_CONFIG ← log.retention.hours=168@DEFAULT_CONFIG");
    local = { nodeId: 1, properties: new Map([["log.retention.minutes", "2"]]) };
    expect(line(TOPIC, "retention.ms")).toMatch(/^120000 from STATIC_BROKER_CONFIG/);
    local = { nodeId: 1, properties: new Map([["log.retention.hours", "-1"]]) };
    expect(line(TOPIC, "retention.ms")).toMatch(/^-1 from STATIC_BROKER_CONFIG/);
    setBroker("", { "log.retention.ms": "5" });
    expect(line(TOPIC, "retention.ms")).toMatch(/^5 from DYNAMIC_DEFAULT_BROKER_CONFIG/);
  });

  it("are told in one form, whatever form they were set in", () => {
    setTopic({ preallocate: "TRUE", "segment.bytes": " 1048576 ", "cleanup.policy": "compact , delete" });
    expect(described(TOPIC, ["preallocate", "segment.bytes", "cleanup.policy"]).map(({ value }) => value)).toEqual([
      "compact,delete",
      "true",
      "1048576",
    ]);
  });

  it("are only those asked for, with synonyms and documentation only when asked for", () => {
    const outcome = describeConfigs(fold.image, local, TOPIC, {
      names: ["retention.ms", "nope"],
      includeSynonyms: false,
      includeDocumentation: false,
    });
    expect(outcome).toEqual({
      configs: [
        {
          name: "retention.ms",
          value: "604800000",
          source: "DEFAULT_CONFIG",
          readOnly: false,
          sensitive: false,
          type: "long",
          synonyms: [],
          documentation: null,
        },
      ],
    });
    expect(described(TOPIC, ["retention.ms"])[0]?.documentation).toContain("How long records are kept");
  });

  it("can be told of a topic that is yet to be", () => {
    setBroker("", { "log.retention.hours": "2" });
    const configs = describeTopicConfigs(fold.image, local, new Map([["cleanup.policy", "compact"]]));
    const told = (wanted: string) => configs.find(({ name }) => name === wanted);
    expect(told("cleanup.policy")).toMatchObject({ value: "compact", source: "DYNAMIC_TOPIC_CONFIG" });
    expect(told("retention.ms")).toMatchObject({ value: "7200000", source: "DYNAMIC_DEFAULT_BROKER_CONFIG" });
    expect(configs.map(({ name }) => name)).toEqual(described(TOPIC).map(({ name }) => name));
  });
});

describe("a broker's configs", () => {
  it("are read-only where they count at start only", () => {
    const readOnly = Object.fromEntries(described(BROKER).map((config) => [config.name, config.readOnly]));
    expect(readOnly).toMatchObject({ "num.partitions": true, "node.id": true, "message.max.bytes": false, listeners: false });
  });

  it("never tell a password", () => {
    local = { nodeId: 1, properties: new Map([["ssl.key.password", "hunter2"]]) };
    const [config] = described(BROKER, ["ssl.key.password"]);
    expect(config).toMatchObject({ value: null, sensitive: true, source: "STATIC_BROKER_CONFIG" });
    expect(JSON.stringify(described(BROKER))).not.toContain("hunter2");
  });

  it("that we don't know are told without their values", () => {
    setBroker("1", { "my.plugin": "x" });
    expect(described(BROKER, ["my.plugin"])).toEqual([
      {
        name: "my.plugin",
        value: null,
        source: "DYNAMIC_BROKER_CONFIG",
        readOnly: true,
        sensitive: true,
        type: "unknown",
        synonyms: [{ name: "my.plugin", value: null, source: "DYNAMIC_BROKER_CONFIG" }],
        documentation: null,
      },
    ]);
  });

  it("as the default of all, and of another broker, are those that were set", () => {
    setBroker("", { "log.retention.ms": "5" });
    apply({ type: "BrokerRegistered", brokerId: 2, host: "h", port: 1, rack: null, incarnation: "i", listeners: [] });
    setBroker("2", { "max.connections": "9" });
    expect(described({ type: "broker", name: "" }).map(({ name, value, source }) => [name, value, source])).toEqual([
      ["log.retention.ms", "5", "DYNAMIC_DEFAULT_BROKER_CONFIG"],
    ]);
    expect(described({ type: "broker", name: "2" }).map(({ name }) => name)).toEqual(["max.connections"]);
  });
});

it("a group's configs fall back to the brokers'", () => {
  setBroker("", { "group.consumer.session.timeout.ms": "50000" });
  expect(line({ type: "group", name: "g" }, "consumer.session.timeout.ms")).toBe(
    "50000 from DYNAMIC_DEFAULT_BROKER_CONFIG ← group.consumer.session.timeout.ms=50000@DYNAMIC_DEFAULT_BROKER_CONFIG group.consumer.session.timeout.ms=45000@DEFAULT_CONFIG",
  );
  expect(line({ type: "group", name: "g" }, "share.isolation.level")).toMatch(/^read_uncommitted from DEFAULT_CONFIG/);
});

it("a client metrics subscription has its defaults", () => {
  expect(described({ type: "clientMetrics", name: "m" }).map(({ name, value }) => [name, value])).toEqual([
    ["interval.ms", "300000"],
    ["match", ""],
    ["metrics", ""],
  ]);
});

it.each<[ConfigResource, string]>([
  [{ type: "topic", name: "nope" }, "UNKNOWN_TOPIC_OR_PARTITION"],
  [{ type: "topic", name: "a b" }, "INVALID_TOPIC_EXCEPTION"],
  [{ type: "topic", name: "" }, "INVALID_REQUEST"],
  [{ type: "broker", name: "7" }, "INVALID_REQUEST"],
  [{ type: "broker", name: "one" }, "INVALID_REQUEST"],
  [{ type: "brokerLogger", name: "" }, "INVALID_REQUEST"],
  [{ type: "group", name: "" }, "INVALID_REQUEST"],
  [{ type: "clientMetrics", name: "" }, "INVALID_REQUEST"],
])("%j is refused with %s", (resource, error) => {
  const outcome = describeConfigs(fold.image, local, resource, { names: null, includeSynonyms: false, includeDocumentation: false });
  expect(outcome).toMatchObject({ problem: { error } });
});
