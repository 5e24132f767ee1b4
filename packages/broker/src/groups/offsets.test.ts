// Offsets over the wire: committed, read, kept, and what a broken disk does to them.
import { groupPartition } from "@moldau/coordinators";
import { DiskError, memoryDisk } from "@moldau/env";
import { DeleteRecords, DeleteTopics, errors, Metadata, OffsetCommit, OffsetFetch } from "@moldau/protocol";
import { batches, records } from "@moldau/records";
import { ZERO_UUID } from "@moldau/std";
import { memoryMedium } from "@moldau/storage";
import { describe, expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { commit, committed, findGroup } from "../testing/groups.js";
import { testBroker } from "../testing/test-broker.js";
import { batchOf, createTopic, fetchFrom, nameOf, produce } from "../testing/topics.js";

const start = brokersOfTests();

const OFFSETS = "__consumer_offsets";

describe("offsets of groups", () => {
  it("are committed and read, in a topic that the first group makes", async () => {
    const broker = await start();
    const client = broker.connect();
    await createTopic(client, "t", { partitions: 2 });
    expect(await findGroup(client, "g")).toMatchObject({ key: "g", nodeId: 1, port: broker.running.port, errorCode: 0 });
    expect(await committed(client, "g", "t")).toBe(-1);
    expect(await commit(client, "g", "t", 7)).toBe("NONE");
    expect(await committed(client, "g", "t")).toBe(7);
    expect(await committed(client, "g", "t", 1)).toBe(-1);
    expect(await committed(client, "another", "t")).toBe(-1);
    expect(broker.metric("moldau_group_offsets")).toBe(1);
  });

  it("are of topics and partitions that exist", async () => {
    const client = (await start()).connect();
    const topicId = await createTopic(client, "t");
    expect(await commit(client, "g", "absent", 1)).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    const partition = (partitionIndex: number) => ({ partitionIndex, committedOffset: 5, committedMetadata: null });
    const { topics } = await client.ask(OffsetCommit, 10, {
      groupId: "g",
      memberId: "",
      groupInstanceId: null,
      topics: [
        { topicId, partitions: [partition(0), partition(9)] },
        { topicId: ZERO_UUID, partitions: [partition(0)] },
      ],
    });
    const errorsOf = topics.map(({ partitions }) => partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, nameOf(errorCode)]));
    expect(errorsOf).toEqual([
      [
        [9, "UNKNOWN_TOPIC_OR_PARTITION"],
        [0, "NONE"],
      ],
      [[0, "UNKNOWN_TOPIC_ID"]],
    ]);
    const { groups } = await client.ask(OffsetFetch, 10, {
      groups: [{ groupId: "g", memberId: null, topics: null }],
      requireStable: true,
    });
    expect(groups[0]?.topics).toMatchObject([{ topicId, partitions: [{ partitionIndex: 0, committedOffset: 5, metadata: "" }] }]);
  });

  it("are there again after a restart, and after a kill: all that was acknowledged", async () => {
    const [disk, medium] = [memoryDisk(), memoryMedium()];
    const first = await testBroker({ disk, medium });
    const before = first.connect();
    await createTopic(before, "t");
    expect(await commit(before, "g", "t", 7)).toBe("NONE");
    await first.stop();

    // Killed: nothing of it is stopped, and the next one finds the disk as it was.
    const killed = await testBroker({ disk, medium });
    const between = killed.connect();
    expect(await committed(between, "g", "t")).toBe(7);
    expect(await commit(between, "g", "t", 8)).toBe("NONE");

    const after = (await start({ disk: disk.restarted(), medium })).connect();
    expect(await committed(after, "g", "t")).toBe(8);
    expect(await commit(after, "g", "t", 9)).toBe("NONE");
  });

  it("are refused while the disk is full, read all the same, and committed when there is room again", async () => {
    const disk = memoryDisk();
    const broker = await start({ disk, limits: { patienceMs: 50 } });
    const client = broker.connect();
    await createTopic(client, "t");
    expect(await commit(client, "g", "t", 1)).toBe("NONE");
    disk.options.beforeWrite = (path) => {
      throw new DiskError("ENOSPC", path, "no space left");
    };
    expect(await commit(client, "g", "t", 2)).toBe("NOT_COORDINATOR");
    expect(await committed(client, "g", "t")).toBe(1);
    delete disk.options.beforeWrite;
    const answers: string[] = [];
    for (let tries = 0; tries < 100 && !answers.includes("NONE"); tries++) answers.push(await commit(client, "g", "t", 3));
    expect(answers.at(-1)).toBe("NONE");
    expect(await committed(client, "g", "t")).toBe(3);
    expect(broker.log.filter(({ message }) => message.includes("groups cannot be read or written")).length).toBe(1);
    expect(broker.log.filter(({ message }) => message.includes("groups are read and written again")).length).toBe(1);
  });

  it("go with their topic", async () => {
    const client = (await start()).connect();
    await createTopic(client, "t");
    await commit(client, "g", "t", 7);
    await client.ask(DeleteTopics, 6, { topics: [{ name: "t", topicId: ZERO_UUID }], timeoutMs: 1_000 });
    await createTopic(client, "t");
    expect(await committed(client, "g", "t")).toBe(-1);
  });

  it("start anew when their own topic is deleted", async () => {
    const broker = await start();
    const client = broker.connect();
    await createTopic(client, "t");
    await commit(client, "g", "t", 7);
    await client.ask(DeleteTopics, 6, { topics: [{ name: OFFSETS, topicId: ZERO_UUID }], timeoutMs: 1_000 });
    expect(await committed(client, "g", "t")).toBe(-1);
    expect(await commit(client, "g", "t", 1)).toBe("NONE");
    expect(await committed(client, "g", "t")).toBe(1);
  });
});

describe("__consumer_offsets", () => {
  it("is made as configured, is internal, and is the broker's own to write and trim", async () => {
    const client = (await start({ properties: { "offsets.topic.num.partitions": "3" } })).connect();
    const describeTopic = async (allowAutoTopicCreation: boolean) => {
      const { topics } = await client.ask(Metadata, 12, { topics: [{ name: OFFSETS }], allowAutoTopicCreation });
      return topics[0];
    };
    expect(await describeTopic(false)).toMatchObject({ errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION.code });
    const made = await describeTopic(true);
    expect([made?.isInternal, made?.partitions.length]).toEqual([true, 3]);
    expect(nameOf((await produce(client, OFFSETS, batchOf(["a"]))).errorCode)).toBe("INVALID_TOPIC_EXCEPTION");
    const { topics } = await client.ask(DeleteRecords, 2, {
      topics: [{ name: OFFSETS, partitions: [{ partitionIndex: 0, offset: 0 }] }],
      timeoutMs: 1_000,
    });
    expect(nameOf(topics[0]?.partitions[0]?.errorCode ?? -1)).toBe("INVALID_TOPIC_EXCEPTION");
  });

  it("can be read like any topic: one record for each offset, in a batch that is compressed as configured", async () => {
    const client = (await start({ properties: { "offsets.topic.compression.codec": "1" } })).connect();
    await createTopic(client, "t");
    await commit(client, "g", "t", 7, { metadata: "of mine" });
    const fetched = await fetchFrom(client, OFFSETS, 0, groupPartition("g", 50));
    expect([nameOf(fetched.errorCode), fetched.highWatermark]).toEqual(["NONE", 1]);
    const bytes = fetched.records ?? new Uint8Array();
    const values = [...batches(bytes)].flatMap((at) =>
      [...records(bytes, at)].map(({ key, value }) => `${Buffer.from(key ?? [])}|${Buffer.from(value ?? [])}`),
    );
    expect(values.join()).toContain("of mine");
    expect(bytes[22]).toBe(1);
  });
});
