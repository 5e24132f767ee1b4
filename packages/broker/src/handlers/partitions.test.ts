// What a partition can be asked about itself: DescribeProducers, DescribeLogDirs, ElectLeaders, reassignments; and producers' ids.
import {
  AlterPartitionReassignments,
  DescribeLogDirs,
  DescribeProducers,
  ElectLeaders,
  InitProducerId,
  ListPartitionReassignments,
} from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { batchOf, createTopic, nameOf, produce, TIMESTAMP } from "../testing/topics.js";

const { client } = await brokerOfFile();
await createTopic(client, "t", { partitions: 2 });

describe("InitProducerId", () => {
  const init = (more: object = {}) => client.ask(InitProducerId, 5, { transactionalId: null, transactionTimeoutMs: 1_000, ...more });

  it("gives each producer an id of its own, across restarts of the producer", async () => {
    const ids = new Set<number>();
    for (let i = 0; i < 50; i++) ids.add((await init()).producerId);
    expect(ids.size).toBe(50);
    const again = await init({ producerId: 7, producerEpoch: 3 });
    expect(again).toMatchObject({ errorCode: 0, producerEpoch: 0 });
    expect(ids.has(again.producerId)).toBe(false);
  });

  it("refuses what does not fit together", async () => {
    expect(nameOf((await init({ producerId: 7 })).errorCode)).toBe("INVALID_REQUEST");
    expect(nameOf((await init({ producerEpoch: 7 })).errorCode)).toBe("INVALID_REQUEST");
    expect(nameOf((await init({ transactionalId: "" })).errorCode)).toBe("INVALID_REQUEST");
  });
});

describe("DescribeProducers", () => {
  it("tells of those who wrote, once for each partition", async () => {
    await produce(client, "t", batchOf(["a", "b"], { producerId: 70, producerEpoch: 2, baseSequence: 4 }));
    await produce(client, "t", batchOf(["nobody"]));
    const { topics } = await client.ask(DescribeProducers, 0, {
      topics: [
        { name: "t", partitionIndexes: [0, 0, 1, 9] },
        { name: "t", partitionIndexes: [0] },
      ],
    });
    expect(topics).toMatchObject([
      {
        name: "t",
        partitions: [
          {
            partitionIndex: 0,
            errorCode: 0,
            activeProducers: [{ producerId: 70, producerEpoch: 2, lastSequence: 5, lastTimestamp: TIMESTAMP, currentTxnStartOffset: -1 }],
          },
          { partitionIndex: 1, errorCode: 0, activeProducers: [] },
          { partitionIndex: 9, errorCode: 3, activeProducers: [] },
        ],
      },
    ]);
  });
});

describe("DescribeLogDirs", () => {
  it("tells of the partitions asked for, or all, and leaves out what is not there", async () => {
    const ask = async (topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null) =>
      (await client.ask(DescribeLogDirs, 4, { topics })).results[0];
    const all = await ask(null);
    expect(all).toMatchObject({
      errorCode: 0,
      logDir: "/data",
      topics: [{ name: "t", partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }],
    });
    expect(all?.topics[0]?.partitions[0]?.partitionSize).toBeGreaterThan(100);
    expect(all?.usableBytes).toBeGreaterThan(0n);
    const some = await ask([
      { topic: "t", partitions: [1, 9] },
      { topic: "absent", partitions: [0] },
    ]);
    expect(some?.topics.map(({ name, partitions }) => [name, partitions.map((p) => p.partitionIndex)])).toEqual([["t", [1]]]);
  });
});

describe("ElectLeaders", () => {
  it("has nothing to do, and says so for each", async () => {
    const topicPartitions = [
      { topic: "t", partitions: [0, 9] },
      { topic: "absent", partitions: [0] },
    ];
    const { replicaElectionResults } = await client.ask(ElectLeaders, 2, { electionType: 1, topicPartitions, timeoutMs: 1_000 });
    expect(replicaElectionResults.map(({ topic, partitionResult }) => [topic, partitionResult.map((r) => nameOf(r.errorCode))])).toEqual([
      ["t", ["ELECTION_NOT_NEEDED", "UNKNOWN_TOPIC_OR_PARTITION"]],
      ["absent", ["UNKNOWN_TOPIC_OR_PARTITION"]],
    ]);
    const all = await client.ask(ElectLeaders, 2, { topicPartitions: null, timeoutMs: 1_000 });
    expect(all).toMatchObject({ errorCode: 0, replicaElectionResults: [] });
    const unknown = await client.ask(ElectLeaders, 2, { electionType: 7, topicPartitions: null, timeoutMs: 1_000 });
    expect(nameOf(unknown.errorCode)).toBe("INVALID_REQUEST");
  });
});

describe("a reassignment", () => {
  it("is done at once where it changes nothing, and refused elsewhere", async () => {
    const reassign = async (partitionIndex: number, replicas: readonly number[] | null) => {
      const topics = [{ name: "t", partitions: [{ partitionIndex, replicas }] }];
      const { responses } = await client.ask(AlterPartitionReassignments, 1, { timeoutMs: 1_000, topics });
      return nameOf(responses[0]?.partitions[0]?.errorCode ?? -1);
    };
    expect(await reassign(0, [1])).toBe("NONE");
    expect(await reassign(0, [9])).toBe("INVALID_REPLICA_ASSIGNMENT");
    expect(await reassign(0, [])).toBe("INVALID_REPLICA_ASSIGNMENT");
    expect(await reassign(0, null)).toBe("NO_REASSIGNMENT_IN_PROGRESS");
    expect(await reassign(9, [1])).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect((await client.ask(ListPartitionReassignments, 0, { timeoutMs: 1_000, topics: null })).topics).toEqual([]);
  });
});
