// Transactions over the wire: what is committed is seen whole, what is aborted or open never.
import { AddPartitionsToTxn, DescribeProducers, EndTxn, FindCoordinator, ListTransactions, WriteTxnMarkers } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { committedRecords } from "../testing/committed-records.js";
import { batchOf, createTopic, fetchFrom, nameOf, produce, valuesIn } from "../testing/topics.js";
import { committedEnd, fetchCommitted, initTransactions, stateOf, transactionalProducer } from "../testing/transactions.js";

const { broker, client } = await brokerOfFile();

it("lets a producer wait for the markers of its last transaction, instead of sending it away", async () => {
  const name = "not-sent-away";
  await createTopic(client, name, { partitions: 2 });
  const { producerId: v3AndBelowProducerId, producerEpoch: v3AndBelowProducerEpoch } = await transactionalProducer(client, name);
  const producer = { v3AndBelowProducerId, v3AndBelowProducerEpoch };
  for (let i = 0; i < 5; i++) {
    const v3AndBelowTopics = [{ name, partitions: [0, 1] }];
    const added = await client.ask(AddPartitionsToTxn, 3, { v3AndBelowTransactionalId: name, ...producer, v3AndBelowTopics });
    const codes = added.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
      resultsByPartition.map((one) => one.partitionErrorCode),
    );
    expect(codes.map(nameOf)).toEqual(["NONE", "NONE"]);
    const ended = await client.ask(EndTxn, 4, {
      transactionalId: name,
      producerId: v3AndBelowProducerId,
      producerEpoch: v3AndBelowProducerEpoch,
      committed: true,
    });
    expect(nameOf(ended.errorCode)).toBe("NONE");
  }
});

describe.each([2, 0] as const)("a transaction of version %i", (speaks) => {
  const begin = async (name: string) => {
    await createTopic(client, name, { partitions: 2 });
    const producer = await transactionalProducer(client, name, { speaks });
    const write = async (values: readonly string[], partition = 0) => {
      if (speaks === 0) expect(await producer.add(name, partition)).toBe("NONE");
      expect(await producer.write(name, values, partition)).toBe("NONE");
    };
    return { producer, write };
  };

  it("is seen whole once it is committed, and not before", async () => {
    const name = `committed-${speaks}`;
    const { producer, write } = await begin(name);
    await write(["a", "b"]);
    await write(["c"], 1);
    await write(["d"]);
    expect(valuesIn((await fetchFrom(client, name, 0)).records)).toEqual(["a", "b", "d"]);
    expect(await fetchCommitted(client, name, 0)).toMatchObject({ highWatermark: 3, lastStableOffset: 0, abortedTransactions: [] });
    expect(await committedRecords(client, name)).toEqual([]);
    expect(await committedEnd(client, name)).toBe(0);
    expect(await producer.commit()).toBe("NONE");
    await stateOf(client, name, "CompleteCommit");
    expect([await committedRecords(client, name, 0), await committedRecords(client, name, 1)]).toEqual([["a", "b", "d"], ["c"]]);
    expect(await committedEnd(client, name)).toBe(4);
  });

  it("is never seen when it is aborted, nor does it hold up what others write", async () => {
    const name = `aborted-${speaks}`;
    const { producer, write } = await begin(name);
    await write(["lost"]);
    await produce(client, name, batchOf(["plain"]));
    expect(await committedRecords(client, name)).toEqual([]);
    expect(await producer.abort()).toBe("NONE");
    await stateOf(client, name, "CompleteAbort");
    expect(await committedRecords(client, name)).toEqual(["plain"]);
    const { producerId } = producer;
    expect((await fetchCommitted(client, name, 0)).abortedTransactions).toEqual([{ producerId, firstOffset: 0 }]);
    expect((await fetchCommitted(client, name, 3)).abortedTransactions).toEqual([]);
    expect((await fetchFrom(client, name, 0)).abortedTransactions).toBeNull();
  });

  it("is followed by the next at once", async () => {
    const name = `next-${speaks}`;
    const { producer, write } = await begin(name);
    for (let i = 0; i < 20; i++) {
      await write([`${i}`]);
      expect(await (i % 3 === 2 ? producer.abort() : producer.commit())).toBe("NONE");
    }
    await stateOf(client, name, "CompleteCommit");
    const kept = Array.from({ length: 20 }, (_, i) => i).filter((i) => i % 3 !== 2);
    expect(await committedRecords(client, name)).toEqual(kept.map(String));
  });

  it("wakes those who wait for what is committed", async () => {
    const name = `waits-${speaks}`;
    const { producer, write } = await begin(name);
    await write(["late"]);
    const reader = broker.connect();
    const waiting = fetchCommitted(reader, name, 0, { maxWaitMs: 60_000 });
    expect(await producer.commit()).toBe("NONE");
    expect(valuesIn((await waiting).records)[0]).toBe("late");
  });

  it("is taken from its producer by the next one of the same name", async () => {
    const name = `zombie-${speaks}`;
    const { producer: zombie, write } = await begin(name);
    await write(["of the zombie"]);
    const heir = await transactionalProducer(client, name, { speaks });
    expect(await zombie.write(name, ["more"])).toBe("INVALID_PRODUCER_EPOCH");
    expect(await zombie.commit()).toBe("PRODUCER_FENCED");
    if (speaks === 0) await heir.add(name);
    expect(await heir.write(name, ["of the heir"])).toBe("NONE");
    expect(await heir.commit()).toBe("NONE");
    await stateOf(client, name, "CompleteCommit");
    expect(await committedRecords(client, name)).toEqual(["of the heir"]);
  });
});

describe("a batch of a transaction", () => {
  it("is refused where its partition is not part of it, as each version of clients understands", async () => {
    await createTopic(client, "stray");
    const producer = await transactionalProducer(client, "stray", { speaks: 0 });
    expect(await producer.write("stray", ["a"])).toBe("TRANSACTION_ABORTABLE");
    const { producerId, producerEpoch } = producer;
    const batch = batchOf(["a"], { producerId, producerEpoch, baseSequence: 0, transactional: true });
    expect(nameOf((await produce(client, "stray", batch)).errorCode)).toBe("TRANSACTIONAL_ID_AUTHORIZATION_FAILED");
    expect(await producer.add("stray")).toBe("NONE");
    expect(await producer.write("stray", ["a"])).toBe("NONE");
    const plain = batchOf(["b"], { producerId, producerEpoch, baseSequence: 1 });
    expect(nameOf((await produce(client, "stray", plain)).errorCode)).toBe("INVALID_TXN_STATE");
  });

  it("is told of by DescribeProducers", async () => {
    await createTopic(client, "described");
    await produce(client, "described", batchOf(["before"]));
    const producer = await transactionalProducer(client, "described");
    await producer.write("described", ["a"]);
    const describe = async () =>
      (await client.ask(DescribeProducers, 0, { topics: [{ name: "described", partitionIndexes: [0] }] })).topics[0]?.partitions[0]
        ?.activeProducers;
    const { producerId, producerEpoch } = producer;
    expect(await describe()).toMatchObject([{ producerId, producerEpoch, currentTxnStartOffset: 1, coordinatorEpoch: -1 }]);
    await producer.commit();
    await stateOf(client, "described", "CompleteCommit");
    expect(await describe()).toMatchObject([
      { producerId, producerEpoch: producerEpoch + 1, currentTxnStartOffset: -1, coordinatorEpoch: 0, lastSequence: -1 },
    ]);
  });
});

describe("the coordinator", () => {
  it("is this broker", async () => {
    const { coordinators } = await client.ask(FindCoordinator, 6, { keyType: 1, coordinatorKeys: ["some", ""] });
    expect(coordinators.map(({ errorCode }) => nameOf(errorCode))).toEqual(["NONE", "INVALID_REQUEST"]);
    expect(coordinators[0]).toMatchObject({ nodeId: 1, port: broker.running.port });
  });

  it("refuses time-outs longer than transaction.max.timeout.ms", async () => {
    expect(nameOf((await initTransactions(client, "long", 900_001)).errorCode)).toBe("INVALID_TRANSACTION_TIMEOUT");
  });

  it("lists what there is", async () => {
    await transactionalProducer(client, "listed");
    const { transactionStates, unknownStateFilters } = await client.ask(ListTransactions, 2, {
      stateFilters: ["Empty", "Sleeping"],
      producerIdFilters: [],
      transactionalIdPattern: "lis.*",
    });
    expect(unknownStateFilters).toEqual(["Sleeping"]);
    expect(transactionStates).toMatchObject([{ transactionalId: "listed", transactionState: "Empty" }]);
  });
});

describe("metrics", () => {
  it("count transactional ids by state, and markers that are to be written", async () => {
    await createTopic(client, "counted");
    const producer = await transactionalProducer(client, "counted");
    const ongoing = () => broker.metric('moldau_transactional_ids{state="Ongoing"}');
    const before = ongoing();
    await producer.write("counted", ["a"]);
    expect(ongoing()).toBe(before + 1);
    await producer.commit();
    await stateOf(client, "counted", "CompleteCommit");
    expect([ongoing(), broker.metric("moldau_transaction_markers_pending")]).toEqual([before, 0]);
  });
});

describe("WriteTxnMarkers", () => {
  it("ends a transaction that hangs, for administrators", async () => {
    await createTopic(client, "hanging");
    const { producerId, producerEpoch, write } = await transactionalProducer(client, "hanging");
    await write("hanging", ["a"]);
    const mark = async (name: string, epoch: number, coordinatorEpoch = 0) => {
      const topics = [{ name, partitionIndexes: [0] }];
      const marker = { producerId, producerEpoch: epoch, transactionResult: false, coordinatorEpoch, topics };
      const { markers } = await client.ask(WriteTxnMarkers, 1, { markers: [marker] });
      return nameOf(markers[0]?.topics[0]?.partitions[0]?.errorCode ?? -1);
    };
    expect(await mark("absent", producerEpoch)).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(await mark("hanging", producerEpoch - 1)).toBe("INVALID_PRODUCER_EPOCH");
    expect(await committedEnd(client, "hanging")).toBe(0);
    expect(await mark("hanging", producerEpoch, 5)).toBe("NONE");
    expect(await mark("hanging", producerEpoch, 4)).toBe("TRANSACTION_COORDINATOR_FENCED");
    expect(await committedEnd(client, "hanging")).toBe(2);
    expect(await committedRecords(client, "hanging")).toEqual([]);
  });
});
