// What there is: Metadata, DescribeTopicPartitions, DescribeCluster, DescribeQuorum.
import { CreateTopics, DescribeCluster, DescribeQuorum, DescribeTopicPartitions, Metadata, type RequestInput } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { testBroker } from "../testing/test-broker.js";
import { createTopic, nameOf } from "../testing/topics.js";

const { broker, client } = await brokerOfFile({ properties: { "max.request.partition.size.limit": "4" } });
const idOfA = await createTopic(client, "a", { partitions: 3 });
await createTopic(client, "b", { partitions: 2 });
await createTopic(client, "c", { partitions: 1 });

describe("Metadata", () => {
  const named = (...names: readonly string[]) => names.map((name) => ({ name }));
  async function ask(request: RequestInput<typeof Metadata>, version = 12, from = client) {
    const { topics } = await from.ask(Metadata, version, { allowAutoTopicCreation: false, ...request });
    return topics.map(({ name, errorCode, partitions }) =>
      errorCode === 0 ? `${name} ${partitions.length}` : `${name} ${nameOf(errorCode)}`,
    );
  }

  it("tells of the broker and the cluster", async () => {
    const answer = await client.ask(Metadata, 12, { topics: [] });
    const { host, port, clusterId } = broker.running;
    expect(answer).toMatchObject({ brokers: [{ nodeId: 1, host, port, rack: null }], clusterId, controllerId: 1 });
  });

  it("tells of all topics: by null, and in version 0 by an empty list", async () => {
    expect(await ask({ topics: null })).toEqual(["a 3", "b 2", "c 1"]);
    expect((await client.ask(Metadata, 0, { topics: [] })).topics.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(await ask({ topics: [] }, 4)).toEqual([]);
  });

  it("tells of a topic by name and by id, once, however often it is named", async () => {
    expect(await ask({ topics: named("b", "b", "absent", "a/b") })).toEqual([
      "b 2",
      "absent UNKNOWN_TOPIC_OR_PARTITION",
      "a/b INVALID_TOPIC_EXCEPTION",
    ]);
    const byId = (topicId: string, name: string | null) => ({ topics: [{ topicId, name }] });
    expect(await ask(byId(idOfA, null))).toEqual(["a 3"]);
    expect(await ask(byId(idOfA, ""))).toEqual(["a 3"]);
    expect(await ask(byId("AAAAAAAAAAAAAAAAAAAAAQ", null))).toEqual(["null UNKNOWN_TOPIC_ID"]);
    expect(await ask(byId(ZERO_UUID, null))).toEqual(["null UNKNOWN_TOPIC_ID"]);
    expect(await ask(byId(idOfA, "a"), 11)).toEqual(["a INVALID_REQUEST"]);
    expect(await ask(byId(idOfA, null), 10)).toEqual([" INVALID_REQUEST"]);
  });

  it("says what may be done, when asked", async () => {
    const request = { topics: named("a"), includeTopicAuthorizedOperations: true, includeClusterAuthorizedOperations: true };
    const told = await client.ask(Metadata, 8, request);
    expect([told.topics[0]?.topicAuthorizedOperations, told.clusterAuthorizedOperations]).toEqual([3576, 8096]);
    const untold = await client.ask(Metadata, 8, { topics: named("a") });
    expect([untold.topics[0]?.topicAuthorizedOperations, untold.clusterAuthorizedOperations]).toEqual([-(2 ** 31), -(2 ** 31)]);
  });

  it("creates topics that are absent, where client and broker allow it", async () => {
    expect(await ask({ topics: named("auto"), allowAutoTopicCreation: false })).toEqual(["auto UNKNOWN_TOPIC_OR_PARTITION"]);
    expect(await ask({ topics: named("auto"), allowAutoTopicCreation: true })).toEqual(["auto 1"]);
    expect(await ask({ topics: named("../x"), allowAutoTopicCreation: true })).toEqual(["../x INVALID_TOPIC_EXCEPTION"]);
    const strict = await testBroker({ properties: { "auto.create.topics.enable": "false" } });
    const other = strict.connect();
    expect(await ask({ topics: named("auto"), allowAutoTopicCreation: true }, 12, other)).toEqual(["auto UNKNOWN_TOPIC_OR_PARTITION"]);
    await strict.stop();
  });
});

describe("DescribeTopicPartitions", () => {
  type Asked = RequestInput<typeof DescribeTopicPartitions>;
  async function page(request: Partial<Asked>) {
    const { topics, nextCursor } = await client.ask(DescribeTopicPartitions, 0, { topics: [], cursor: null, ...request });
    const told = topics.map(({ name, errorCode, partitions }) =>
      errorCode === 0 ? `${name} ${partitions.map(({ partitionIndex }) => partitionIndex)}` : `${name} ${nameOf(errorCode)}`,
    );
    return [...told, nextCursor && `→ ${nextCursor.topicName}/${nextCursor.partitionIndex}`];
  }
  const named = (...names: readonly string[]) => names.map((name) => ({ name }));
  const at = (topicName: string, partitionIndex: number) => ({ cursor: { topicName, partitionIndex } });

  it("goes page by page, as large as the client and the broker allow", async () => {
    const wanted = named("c", "a", "b", "a");
    expect(await page({ topics: wanted, responsePartitionLimit: 2 })).toEqual(["a 0,1", "→ a/2"]);
    expect(await page({ topics: wanted, responsePartitionLimit: 2, ...at("a", 2) })).toEqual(["a 2", "b 0", "→ b/1"]);
    expect(await page({ topics: wanted, ...at("b", 1) })).toEqual(["b 1", "c 0", null]);
    expect(await page({ topics: wanted })).toEqual(["a 0,1,2", "b 0", "→ b/1"]);
    expect(await page({ topics: wanted, responsePartitionLimit: 3 })).toEqual(["a 0,1,2", "→ b/0"]);
    expect(await page({ responsePartitionLimit: 3 })).toEqual(["a 0,1,2", expect.stringMatching(/^→ (auto|b)\/0$/)]);
    expect(await page({ responsePartitionLimit: 0 })).toEqual(["a 0", "→ a/1"]);
    expect(await page({ responsePartitionLimit: -7, ...at("bb", 3) })).toEqual(["c 0", null]);
  });

  it("tells what is wrong with a topic, and goes on", async () => {
    expect(await page({ topics: named("no", "a?", "c") })).toEqual([
      "a? INVALID_TOPIC_EXCEPTION",
      "c 0",
      "no UNKNOWN_TOPIC_OR_PARTITION",
      null,
    ]);
    expect(await page({ topics: named("a"), ...at("a", 20) })).toEqual(["a ", null]);
  });

  it("refuses a cursor that it cannot have given", async () => {
    expect(await page({ topics: named("a", "b"), ...at("a", -1) })).toEqual(["a INVALID_REQUEST", "b INVALID_REQUEST", null]);
    expect(await page({ topics: named("a"), ...at("z", 0) })).toEqual(["a INVALID_REQUEST", null]);
    expect(await page(at("a", -1))).toEqual([null]);
  });
});

describe("DescribeCluster", () => {
  it("tells of the brokers, and that there are no controllers to ask", async () => {
    const answer = await client.ask(DescribeCluster, 2, { includeClusterAuthorizedOperations: true });
    expect(answer).toMatchObject({ errorCode: 0, endpointType: 1, controllerId: 1, clusterAuthorizedOperations: 8096 });
    expect(answer.brokers).toMatchObject([{ brokerId: 1, port: broker.running.port, isFenced: false }]);
    const of = async (endpointType: number) =>
      nameOf((await client.ask(DescribeCluster, 2, { includeClusterAuthorizedOperations: false, endpointType })).errorCode);
    expect([await of(2), await of(3)]).toEqual(["MISMATCHED_ENDPOINT_TYPE", "UNSUPPORTED_ENDPOINT_TYPE"]);
  });
});

describe("DescribeQuorum", () => {
  it("shows the cluster log as a log with one voter, and no other", async () => {
    const ask = async (topicName: string, partitionIndex: number) => {
      const { topics } = await client.ask(DescribeQuorum, 2, { topics: [{ topicName, partitions: [{ partitionIndex }] }] });
      return topics[0]?.partitions[0];
    };
    const before = await ask("__cluster_metadata", 0);
    expect(before).toMatchObject({ errorCode: 0, leaderId: 1, currentVoters: [{ replicaId: 1 }] });
    await client.ask(CreateTopics, 7, { topics: [{ name: "q", numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }] });
    expect((await ask("__cluster_metadata", 0))?.highWatermark).toBeGreaterThan(before?.highWatermark ?? 0);
    for (const answer of [await ask("a", 0), await ask("__cluster_metadata", 1)]) {
      expect(answer).toMatchObject({ leaderId: -1, currentVoters: [] });
      expect(nameOf(answer?.errorCode ?? 0)).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    }
  });
});
