// Topics come, grow and go: CreateTopics, CreatePartitions, DeleteTopics.
import { CreatePartitions, CreateTopics, DeleteTopics, Metadata, type RequestInput } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { testBroker } from "../testing/test-broker.js";
import { batchOf, createTopic, fetchFrom, nameOf, produce } from "../testing/topics.js";

const { client } = await brokerOfFile({ properties: { "num.partitions": "3", "log.retention.hours": "2" } });

const partitionsOf = async (name: string) => {
  const { topics } = await client.ask(Metadata, 12, { topics: [{ name }], allowAutoTopicCreation: false });
  return topics[0]?.partitions.length ?? 0;
};

describe("CreateTopics", () => {
  type Asked = RequestInput<typeof CreateTopics>["topics"][number];
  const asked = (name: string, more: Partial<Asked> = {}): Asked => ({
    name,
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [],
    configs: [],
    ...more,
  });
  const create = async (topics: readonly Asked[], validateOnly = false, version = 7) =>
    (await client.ask(CreateTopics, version, { topics, validateOnly })).topics;
  const outcome = async (name: string, more: Partial<Asked> = {}) => nameOf((await create([asked(name, more)]))[0]?.errorCode ?? -1);

  it("creates by the broker's defaults, and describes what it made", async () => {
    const [topic] = await create([asked("made", { configs: [{ name: "cleanup.policy", value: "compact" }] })]);
    expect(topic).toMatchObject({ errorCode: 0, numPartitions: 3, replicationFactor: 1 });
    expect(topic?.topicId).not.toBe(ZERO_UUID);
    const config = (wanted: string) => topic?.configs?.find(({ name }) => name === wanted);
    expect(config("cleanup.policy")).toMatchObject({ value: "compact", configSource: 1 });
    expect(config("retention.ms")).toMatchObject({ value: "7200000", configSource: 4 });
    expect(await partitionsOf("made")).toBe(3);
    expect(await produce(client, "made", batchOf([], { records: [{ key: Buffer.from("k"), value: null }] }))).toMatchObject({
      baseOffset: 0,
    });
  });

  it("only describes what it would make when asked to validate", async () => {
    const [topic] = await create([asked("draft", { numPartitions: 5, configs: [{ name: "retention.ms", value: "9" }] })], true);
    expect(topic).toMatchObject({ errorCode: 0, numPartitions: 5, replicationFactor: 1 });
    expect(topic?.configs?.find(({ name }) => name === "retention.ms")).toMatchObject({ value: "9", configSource: 1 });
    expect(topic?.configs?.length).toBeGreaterThan(20);
    expect(await partitionsOf("draft")).toBe(0);
  });

  it("takes any replication factor, and replicas that are named", async () => {
    expect(await create([asked("threefold", { replicationFactor: 3 })])).toMatchObject([{ errorCode: 0, replicationFactor: 3 }]);
    const assignments = [0, 1].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] }));
    expect(await create([asked("assigned", { assignments })])).toMatchObject([{ errorCode: 0, numPartitions: 2, replicationFactor: 1 }]);
    expect(await outcome("x", { assignments: [{ partitionIndex: 0, brokerIds: [9] }] })).toBe("INVALID_REPLICA_ASSIGNMENT");
    expect(await outcome("x", { assignments: [{ partitionIndex: 1, brokerIds: [1] }] })).toBe("INVALID_REPLICA_ASSIGNMENT");
    expect(await outcome("x", { assignments, numPartitions: 2 })).toBe("INVALID_REQUEST");
  });

  it("refuses names, numbers and configs that cannot be", async () => {
    for (const name of ["../etc/passwd", "..", "", "a/b", "a b", "ü", "x".repeat(250)]) {
      expect(await outcome(name), name).toBe("INVALID_TOPIC_EXCEPTION");
    }
    expect(await outcome("x", { numPartitions: 0 })).toBe("INVALID_PARTITIONS");
    expect(await outcome("x", { replicationFactor: 0 })).toBe("INVALID_REPLICATION_FACTOR");
    expect(await outcome("x", { numPartitions: 2 ** 31 - 1 })).toBe("POLICY_VIOLATION");
    for (const config of [
      { name: "retention.ms", value: "x" },
      { name: "nonsense", value: "1" },
      { name: "retention.ms", value: null },
    ]) {
      expect(await outcome("x", { configs: [config] }), config.name).toBe("INVALID_CONFIG");
    }
    expect(await outcome("made")).toBe("TOPIC_ALREADY_EXISTS");
    await createTopic(client, "a.b");
    expect(await outcome("a_b")).toBe("INVALID_TOPIC_EXCEPTION");
    expect(await partitionsOf("x")).toBe(0);
  });

  it("refuses each topic of a request by itself, one named twice once, and too many partitions in all", async () => {
    const told = async (topics: readonly Asked[]) => (await create(topics)).map(({ name, errorCode }) => `${name} ${nameOf(errorCode)}`);
    const mixed = await told([asked("twice"), asked("fine"), asked("twice"), asked("made")]);
    expect(mixed.sort()).toEqual(["fine NONE", "made TOPIC_ALREADY_EXISTS", "twice INVALID_REQUEST"]);
    const many = Array.from({ length: 3 }, (_, i) => asked(`many${i}`, { numPartitions: 50_000 }));
    expect(await told(many)).toEqual(many.map(({ name }) => `${name} POLICY_VIOLATION`));
  });
});

describe("CreatePartitions", () => {
  type Asked = RequestInput<typeof CreatePartitions>["topics"][number];
  const add = async (topics: readonly Asked[], validateOnly = false) => {
    const { results } = await client.ask(CreatePartitions, 3, { topics, timeoutMs: 1_000, validateOnly });
    return results.map(({ name, errorCode }) => `${name} ${nameOf(errorCode)}`);
  };

  it("adds partitions that can be written at once", async () => {
    await createTopic(client, "grow");
    expect(await add([{ name: "grow", count: 3, assignments: null }], true)).toEqual(["grow NONE"]);
    expect(await partitionsOf("grow")).toBe(1);
    expect(await add([{ name: "grow", count: 3, assignments: null }])).toEqual(["grow NONE"]);
    expect(await produce(client, "grow", batchOf(["a"]), { partition: 2 })).toMatchObject({ errorCode: 0, baseOffset: 0 });
    expect(await add([{ name: "grow", count: 4, assignments: [{ brokerIds: [1] }] }])).toEqual(["grow NONE"]);
    expect(await partitionsOf("grow")).toBe(4);
  });

  it("refuses to take any away, and what cannot be", async () => {
    const refused = async (count: number, assignments: Asked["assignments"] = null) => add([{ name: "grow", count, assignments }]);
    expect(await refused(4)).toEqual(["grow INVALID_PARTITIONS"]);
    expect(await refused(2)).toEqual(["grow INVALID_PARTITIONS"]);
    expect(await refused(2 ** 31 - 1)).toEqual(["grow POLICY_VIOLATION"]);
    expect(await refused(6, [{ brokerIds: [1] }])).toEqual(["grow INVALID_REPLICA_ASSIGNMENT"]);
    expect(await refused(5, [{ brokerIds: [9] }])).toEqual(["grow INVALID_REPLICA_ASSIGNMENT"]);
    expect(await add([{ name: "absent", count: 2, assignments: null }])).toEqual(["absent UNKNOWN_TOPIC_OR_PARTITION"]);
    const twice = [5, 6].map((count) => ({ name: "grow", count, assignments: null }));
    expect(await add(twice)).toEqual(["grow INVALID_REQUEST"]);
    expect(await partitionsOf("grow")).toBe(4);
  });
});

describe("DeleteTopics", () => {
  const remove = async (topics: readonly { readonly name: string | null; readonly topicId?: string }[], from = client) => {
    const { responses } = await from.ask(DeleteTopics, 6, {
      topics: topics.map(({ name, topicId = ZERO_UUID }) => ({ name, topicId })),
      timeoutMs: 1_000,
    });
    return responses.map(({ name, errorCode }) => `${name} ${nameOf(errorCode)}`);
  };

  it("deletes by name and by id, records and all", async () => {
    const id = await createTopic(client, "byId");
    await createTopic(client, "byName");
    await produce(client, "byName", batchOf(["a"]));
    expect(await remove([{ name: null, topicId: id }, { name: "byName" }])).toEqual(["byId NONE", "byName NONE"]);
    expect(nameOf((await produce(client, "byName", batchOf(["a"]))).errorCode)).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    await createTopic(client, "byName");
    expect(await fetchFrom(client, "byName", 0)).toMatchObject({ errorCode: 0, highWatermark: 0 });
    const old = await client.ask(DeleteTopics, 1, { topicNames: ["byName"], timeoutMs: 1_000 });
    expect(old.responses).toMatchObject([{ name: "byName", errorCode: 0 }]);
  });

  it("refuses what it does not know, and what is not named plainly", async () => {
    const id = await createTopic(client, "stays");
    expect(await remove([{ name: "absent" }])).toEqual(["absent UNKNOWN_TOPIC_OR_PARTITION"]);
    expect(await remove([{ name: null, topicId: "AAAAAAAAAAAAAAAAAAAAAQ" }])).toEqual(["null UNKNOWN_TOPIC_ID"]);
    expect(await remove([{ name: "stays", topicId: id }])).toEqual(["stays INVALID_REQUEST"]);
    expect(await remove([{ name: null }])).toEqual(["null INVALID_REQUEST"]);
    expect(await remove([{ name: "stays" }, { name: "stays" }])).toEqual(["stays INVALID_REQUEST"]);
    expect(await partitionsOf("stays")).toBe(1);
  });

  it("deletes nothing where delete.topic.enable=false", async () => {
    const keeping = await testBroker({ properties: { "delete.topic.enable": "false" } });
    const other = keeping.connect();
    await createTopic(other, "kept");
    expect(await remove([{ name: "kept" }], other)).toEqual(["kept TOPIC_DELETION_DISABLED"]);
    await keeping.stop();
  });
});
