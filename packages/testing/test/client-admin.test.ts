// Topics, configurations, offsets and the cluster, administrated: on a broker in this process, or any that MOLDAU_TEST_BOOTSTRAP names.
import { type Admin, type Client, createClient } from "@moldau/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { suiteBroker } from "./suite-broker.js";

const broker = suiteBroker();
let client: Client;
let admin: Admin;
beforeAll(() => {
  client = createClient({ bootstrap: broker.bootstrap() });
  admin = client.admin();
});
afterAll(() => client.close());

describe("topics", () => {
  it("are created as asked, described, listed and deleted", async () => {
    const topic = broker.topicName("orders");
    const [created] = await admin.topics.create([{ topic, partitions: 3, configs: { "retention.ms": "60000" } }]);
    expect(created).toMatchObject({ topic, partitions: 3, replicationFactor: 1, topicId: expect.stringMatching(/^[\w-]{22}$/) });
    const [described] = await admin.topics.describe([topic]);
    const replica = expect.any(Number);
    expect(described).toMatchObject({
      topic,
      topicId: created?.topicId,
      isInternal: false,
      partitions: [0, 1, 2].map((partition) => ({ partition, leader: replica, replicas: [replica], inSync: [replica], offline: [] })),
    });
    expect(described?.operations).toContain("describe-configs");
    await expect.poll(async () => (await admin.topics.list()).map((one) => one.topic)).toContain(topic);
    await admin.topics.delete([topic]);
    await expect.poll(async () => (await admin.topics.list()).map((one) => one.topic)).not.toContain(topic);
  });

  it("have the broker's defaults where nothing is said, and can be tried out", async () => {
    const topic = broker.topicName("defaults");
    expect(await admin.topics.create([{ topic }], { validateOnly: true })).toMatchObject([{ topic, partitions: 1 }]);
    await expect(admin.topics.describe([topic])).rejects.toMatchObject({ code: "UNKNOWN_TOPIC_OR_PARTITION", topic });
  });

  it("get more partitions, never fewer", async () => {
    const topic = broker.topicName("growing");
    await admin.topics.create([{ topic, partitions: 1 }]);
    await admin.topics.createPartitions([{ topic, partitions: 4 }]);
    await expect.poll(() => admin.topics.describe([topic])).toMatchObject([{ partitions: { length: 4 } }]);
    await expect(admin.topics.createPartitions([{ topic, partitions: 2 }])).rejects.toMatchObject({ code: "INVALID_PARTITIONS", topic });
  });

  it("fail one by one: outcomes tell of each", async () => {
    const topic = broker.topicName("twice");
    await admin.topics.create([{ topic }]);
    const other = broker.topicName("other");
    const asked = [{ topic }, { topic: other }, { topic: "not allowed!" }];
    const outcomes = await admin.topics.create(asked).outcomes();
    expect(outcomes.map(({ item, error }) => [item.topic, error?.code, error?.topic])).toEqual([
      [topic, "TOPIC_ALREADY_EXISTS", topic],
      [other, undefined, undefined],
      ["not allowed!", "INVALID_TOPIC_EXCEPTION", "not allowed!"],
    ]);
    await expect(admin.topics.create(asked)).rejects.toMatchObject({ code: "TOPIC_ALREADY_EXISTS" });
  });

  it("are not waited for once the signal says so", async () => {
    const signal = AbortSignal.abort(new Error("no more"));
    await expect(admin.topics.list({ signal })).rejects.toThrow("no more");
  });
});

describe("configurations", () => {
  const configOf = async (topic: string, name: string) => {
    const [described] = await admin.configs.describe([{ type: "topic", name: topic }], { names: [name], includeSynonyms: true });
    return described?.configs[0];
  };

  it("of a topic change one by one, and go back to what they were", async () => {
    const topic = broker.topicName("configured");
    await admin.topics.create([{ topic, configs: { "retention.bytes": "1000" } }]);
    const resource = { type: "topic", name: topic } as const;
    await admin.configs.alter([{ resource, changes: [{ name: "retention.ms", operation: "set", value: "5" }] }]);
    await expect
      .poll(() => configOf(topic, "retention.ms"))
      .toMatchObject({ value: "5", source: "topic", type: "long", isSensitive: false });
    expect((await configOf(topic, "retention.ms"))?.synonyms[0]).toEqual({ name: "retention.ms", value: "5", source: "topic" });
    await expect.poll(() => configOf(topic, "retention.bytes")).toMatchObject({ value: "1000" });
    await admin.configs.alter([{ resource, changes: [{ name: "retention.ms", operation: "delete" }] }]);
    await expect.poll(() => configOf(topic, "retention.ms")).toMatchObject({ value: "604800000", source: "default" });
  });

  it("append to lists, and can be tried out", async () => {
    const topic = broker.topicName("listed");
    await admin.topics.create([{ topic }]);
    const append = { name: "cleanup.policy", operation: "append", value: "compact" } as const;
    const changes = [{ resource: { type: "topic", name: topic } as const, changes: [append] }];
    await admin.configs.alter(changes, { validateOnly: true });
    await expect.poll(() => configOf(topic, "cleanup.policy")).toMatchObject({ value: "delete" });
    await admin.configs.alter(changes);
    await expect.poll(() => configOf(topic, "cleanup.policy")).toMatchObject({ value: "delete,compact" });
  });

  it("that make no sense are refused with a reason", async () => {
    const topic = broker.topicName("refused");
    await admin.topics.create([{ topic }]);
    const changes = [{ name: "retention.ms", operation: "set", value: "soon" } as const];
    const refused = admin.configs.alter([{ resource: { type: "topic", name: topic }, changes }]);
    await expect(refused).rejects.toMatchObject({ code: "INVALID_CONFIG", topic, message: expect.stringContaining("retention.ms") });
  });

  it("of a broker come from that broker", async () => {
    const { brokers } = await admin.cluster.describe();
    const [described] = await admin.configs.describe([{ type: "broker", name: String(brokers[0]?.nodeId) }]);
    const partitions = described?.configs.find(({ name }) => name === "num.partitions");
    expect(partitions).toMatchObject({ value: "1", type: "int" });
  });

  it("belong to resources that can be listed", async () => {
    const topic = broker.topicName("resource");
    await admin.topics.create([{ topic, configs: { "retention.ms": "5" } }]);
    await expect.poll(() => admin.configs.list(["topic"])).toContainEqual({ type: "topic", name: topic });
  });
});

describe("the cluster", () => {
  it("names its brokers and what it can", async () => {
    const { brokers, clusterId, controller, operations } = await admin.cluster.describe({ includeFenced: true });
    expect(clusterId).toMatch(/^[\w-]{22}$/);
    expect(brokers).toMatchObject([{ nodeId: controller, host: "127.0.0.1", isFenced: false }]);
    expect(operations).toContain("create");
    const { finalized, supported } = await admin.cluster.features();
    expect(finalized.get("transaction.version")).toBe(2);
    expect(supported.get("group.version")).toMatchObject({ max: 1 });
    expect((await admin.cluster.quorum()).voters).toMatchObject([{ nodeId: controller }]);
  });

  it("says what of it is on disk", async () => {
    const topic = broker.topicName("stored");
    await admin.topics.create([{ topic }]);
    const describe = () => admin.logDirs.describe({ partitions: [{ topic, partition: 0 }] });
    await expect.poll(describe).toMatchObject([{ error: undefined, replicas: [{ topic, partition: 0, isFuture: false }] }]);
  });

  it("has the leaders that are preferred, and nothing on the move", async () => {
    const topic = broker.topicName("led");
    await admin.topics.create([{ topic }]);
    expect(await admin.replicas.electLeaders("preferred", [{ topic, partition: 0 }])).toEqual([{ topic, partition: 0, isNew: false }]);
    expect(await admin.replicas.reassignments()).toEqual([]);
    const calledOff = admin.replicas.reassign([{ topic, partition: 0, replicas: null }]);
    await expect(calledOff).rejects.toMatchObject({ code: "NO_REASSIGNMENT_IN_PROGRESS", topic, partition: 0 });
  });
});
