// Groups and their offsets, administrated. Members are made by hand: what matters here is what an administrator sees of them.
import { type Admin, type Client, createClient } from "@moldau/client";
import {
  ConsumerGroupHeartbeat,
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  encodeVersioned,
  JoinGroup,
  Produce,
  SyncGroup,
} from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { suiteBroker } from "./suite-broker.js";

const broker = suiteBroker();
let client: Client;
let admin: Admin;
beforeAll(() => {
  client = createClient({ bootstrap: broker.bootstrap(), clientId: "suite" });
  admin = client.admin();
});
afterAll(() => client.close());

const newTopic = async (name: string, partitions = 2) => {
  const topic = broker.topicName(name);
  await admin.topics.create([{ topic, partitions }]);
  return topic;
};

/** One batch of records with these times. */
async function produce(topic: string, partition: number, timestamps: readonly number[]): Promise<void> {
  const batch = buildBatch({ records: timestamps.map((timestamp) => ({ value: Buffer.from("x"), timestamp })) });
  const topicData = [{ name: topic, partitionData: [{ index: partition, records: batch }] }];
  const [{ nodeId } = { nodeId: -1 }] = (await admin.cluster.describe()).brokers;
  const request = { transactionalId: null, acks: -1, timeoutMs: 5_000, topicData };
  const ask = () => client.cluster.askBroker(nodeId, Produce, request, { maxVersion: 9 });
  // A topic that is new may not be led yet.
  await expect.poll(async () => (await ask()).responses[0]?.partitionResponses[0]?.errorCode).toBe(0);
}

/** A member of a consumer group with all partitions of the topic; it does nothing any more. */
async function consumerMember(groupId: string, topic: string): Promise<string> {
  const memberId = `member-${groupId}`;
  const join = { groupId, memberId, memberEpoch: 0, rebalanceTimeoutMs: 60_000, subscribedTopicNames: [topic], topicPartitions: [] };
  await client.cluster.retrying({}, async () => {
    const answer = await client.cluster.askCoordinator("group", groupId, ConsumerGroupHeartbeat, join);
    expect(answer).toMatchObject({ errorCode: 0, memberId });
  });
  return memberId;
}

/** The only member of a classic group, with partition 0 of the topic. */
async function classicMember(groupId: string, topic: string): Promise<string> {
  const protocolType = "consumer";
  const metadata = encodeVersioned(ConsumerProtocolSubscription, 1, { topics: [topic] });
  const join = { groupId, sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, memberId: "", protocolType };
  const ask = (memberId: string) =>
    client.cluster.askCoordinator("group", groupId, JoinGroup, { ...join, memberId, protocols: [{ name: "range", metadata }] });
  const { memberId } = await ask("");
  const { generationId } = await ask(memberId);
  const assignment = encodeVersioned(ConsumerProtocolAssignment, 1, { assignedPartitions: [{ topic, partitions: [0] }] });
  const sync = { groupId, generationId, memberId, protocolType, protocolName: "range", assignments: [{ memberId, assignment }] };
  const answer = await client.cluster.askCoordinator("group", groupId, SyncGroup, sync);
  expect(answer.errorCode).toBe(0);
  return memberId;
}

describe("offsets of partitions", () => {
  it("are found by place and by time, several of one partition at once", async () => {
    const topic = await newTopic("times");
    await produce(topic, 0, [1_000, 3_000, 2_000]);
    const at = ["earliest", "latest", "max-timestamp", 1_500, 9_000] as const;
    const found = await admin.offsets.list(at.map((at) => ({ topic, partition: 0, at })));
    expect(found.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
      [0, undefined],
      [3, undefined],
      [1, 3_000],
      [1, 3_000],
      [undefined, undefined],
    ]);
    const outcomes = await admin.offsets.list([{ topic, partition: 7, at: "latest" }]).outcomes();
    expect(outcomes[0]?.error).toMatchObject({ code: "UNKNOWN_TOPIC_OR_PARTITION", topic, partition: 7 });
  });

  it("move up when records are deleted", async () => {
    const topic = await newTopic("deleted");
    await produce(topic, 0, [1, 2, 3]);
    await produce(topic, 1, [1, 2]);
    const points = [
      { topic, partition: 0, before: 2 },
      { topic, partition: 1, before: "latest" },
    ] as const;
    expect((await admin.offsets.deleteRecords(points)).map(({ lowWatermark }) => lowWatermark)).toEqual([2, 2]);
    expect(await admin.offsets.list([{ topic, partition: 0, at: "earliest" }])).toMatchObject([{ offset: 2 }]);
    const beyond = admin.offsets.deleteRecords([{ topic, partition: 0, before: 99 }]);
    await expect(beyond).rejects.toMatchObject({ code: "OFFSET_OUT_OF_RANGE", topic, partition: 0 });
  });
});

describe("groups", () => {
  it("without members have offsets that can be set, read, forgotten, and go with the group", async () => {
    const topic = await newTopic("committed");
    const groupId = broker.topicName("empty");
    const offsets = [
      { topic, partition: 0, offset: 5, metadata: "by hand" },
      { topic, partition: 1, offset: 7 },
    ];
    await admin.groups.alterOffsets(groupId, offsets);
    expect((await admin.groups.offsets([groupId]))[0]).toMatchObject(offsets);
    expect((await admin.groups.offsets([groupId], { partitions: [{ topic, partition: 1 }], requireStable: true }))[0]).toMatchObject([
      { partition: 1, offset: 7 },
    ]);
    expect(await admin.groups.list({ states: ["Empty"] })).toContainEqual({ groupId, type: "classic", state: "Empty", protocolType: "" });
    await admin.groups.deleteOffsets(groupId, [{ topic, partition: 0 }]);
    expect((await admin.groups.offsets([groupId]))[0]?.map(({ partition }) => partition)).toEqual([1]);
    await admin.groups.delete([groupId]);
    expect((await admin.groups.list()).map((group) => group.groupId)).not.toContain(groupId);
    await expect(admin.groups.delete([groupId])).rejects.toMatchObject({ code: "GROUP_ID_NOT_FOUND" });
  });

  it("of consumers tell who reads what", async () => {
    const topic = await newTopic("subscribed");
    const groupId = broker.topicName("readers");
    const memberId = await consumerMember(groupId, topic);
    const targetAssignment = [0, 1].map((partition) => ({ topic, partition }));
    const members = [{ memberId, clientId: "suite", targetAssignment }];
    const describeAgain = async () => {
      // The coordinator hears of a new topic when it does, and then needs a heartbeat to assign it.
      await consumerMember(groupId, topic);
      return admin.groups.describe([groupId]);
    };
    await expect.poll(describeAgain, { timeout: 5_000 }).toMatchObject([{ groupId, type: "consumer", members }]);
    expect(await admin.groups.describe([groupId])).toMatchObject([{ assignor: "uniform", epoch: expect.any(Number) }]);
    expect((await admin.groups.list({ types: ["consumer"] })).map((one) => one.groupId)).toContain(groupId);
    expect((await admin.groups.list({ types: ["classic"] })).map((one) => one.groupId)).not.toContain(groupId);
    await expect(admin.groups.delete([groupId])).rejects.toMatchObject({ code: "NON_EMPTY_GROUP" });
  });

  it("of the classic protocol do too, and can be rid of members", async () => {
    const topic = await newTopic("classic");
    const groupId = broker.topicName("classics");
    const memberId = await classicMember(groupId, topic);
    const outcomes = await admin.groups.describe([groupId, "no such group"]).outcomes();
    expect(outcomes[1]?.error?.code).toBe("GROUP_ID_NOT_FOUND");
    const [group] = await admin.groups.describe([groupId]);
    expect(group).toMatchObject({ type: "classic", state: "Stable", assignor: "range", epoch: undefined });
    expect(group?.members).toMatchObject([{ memberId, assignment: [{ topic, partition: 0 }], targetAssignment: undefined }]);
    const altered = admin.groups.alterOffsets(groupId, [{ topic, partition: 0, offset: 1 }]);
    await expect(altered).rejects.toMatchObject({ code: "UNKNOWN_MEMBER_ID", topic, partition: 0 });
    await expect(admin.groups.removeMembers(groupId, [{ instanceId: "nobody" }])).rejects.toMatchObject({ code: "UNKNOWN_MEMBER_ID" });
    await admin.groups.removeMembers(groupId, [{ memberId }], { reason: "enough" });
    expect(await admin.groups.describe([groupId])).toMatchObject([{ state: "Empty", members: [] }]);
  });

  it("have configurations of their own", async () => {
    const resource = { type: "group", name: broker.topicName("configured") } as const;
    await admin.configs.alter([{ resource, changes: [{ name: "consumer.session.timeout.ms", operation: "set", value: "50000" }] }]);
    const [described] = await admin.configs.describe([resource], { names: ["consumer.session.timeout.ms"] });
    expect(described?.configs).toMatchObject([{ value: "50000", source: "group" }]);
  });
});
