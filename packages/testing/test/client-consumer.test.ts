// The consumer without a group: what it is given is what lies in the log, whatever the batches look like.
import { type Client, ClientError } from "@moldau/client";
import { AddPartitionsToTxn, EndTxn, InitProducerId } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { beforeEach, describe, expect, it } from "vitest";
import { consumerSuite, take, text } from "./consumer-suite.js";
import { numbered, produce, produceBatch } from "./raw-records.js";

const { broker, client: current, topicWith, reader, until } = consumerSuite();
let client: Client;
beforeEach(() => {
  client = current();
});

describe("reading", () => {
  it("gives the records of assigned partitions, in order", async () => {
    const topic = await topicWith(numbered(10), numbered(10, "b"));
    const consumer = client.consumer({
      assign: [
        { topic, partition: 0 },
        { topic, partition: 1 },
      ],
      from: "earliest",
    });
    const records = await take(consumer, 20);
    const of = (wanted: number) => records.filter(({ partition }) => partition === wanted);
    expect(of(0).map(({ offset, value }) => [offset, text(value)])).toEqual(numbered(10).map((value, i) => [i, value]));
    expect(of(1).map(({ value }) => text(value))).toEqual(numbered(10, "b"));
    expect(records[0]).toMatchObject({ topic, key: null, headers: [] });
  });

  it("gives batches, decoded when asked", async () => {
    const topic = await topicWith(numbered(5));
    await produce(client, topic, 0, numbered(3, "second-"));
    const [first, second] = await take(client.consumer({ assign: [{ topic, partition: 0 }], from: "earliest" }).batches(), 2);
    expect(first).toMatchObject({ topic, partition: 0, firstOffset: 0, lastOffset: 4 });
    expect(second).toMatchObject({ firstOffset: 5, lastOffset: 7, highWatermark: 8, lag: 0 });
    expect([...(second?.records ?? [])].map(({ value }) => text(value))).toEqual(numbered(3, "second-"));
  });
});

describe("what lies in the log", () => {
  it.each(["none", "gzip", "snappy", "lz4", "zstd"] as const)("is read whatever it is compressed with: %s", async (compression) => {
    const topic = await topicWith([]);
    const values = numbered(100, "some text that repeats itself ");
    await produce(client, topic, 0, values, { compression });
    expect((await take(reader(topic), 100)).map(({ value }) => text(value))).toEqual(values);
  });

  it("is read from the middle of a batch on", async () => {
    const topic = await topicWith(numbered(10));
    const consumer = client.consumer({ assign: [{ topic, partition: 0, offset: 7 }] });
    expect((await take(consumer, 3)).map(({ offset }) => offset)).toEqual([7, 8, 9]);
    const [batch] = await take(client.consumer({ assign: [{ topic, partition: 0, offset: 7 }] }).batches(), 1);
    expect(batch).toMatchObject({ firstOffset: 7, lastOffset: 9 });
    expect([...(batch?.records ?? [])].map(({ offset }) => offset)).toEqual([7, 8, 9]);
  });

  it("is read however large a batch is beside the limits", async () => {
    const topic = await topicWith([]);
    const large = "x".repeat(300_000);
    await produce(client, topic, 0, [large]);
    await produce(client, topic, 0, ["small"]);
    const records = await take(reader(topic, { partitionMaxBytes: 1_000, fetchMaxBytes: 2_000, prefetchBytes: 10_000 }), 2);
    expect(records.map(({ value }) => value?.length)).toEqual([300_000, 5]);
  });

  it("is given with keys, headers and timestamps, deserialized when asked", async () => {
    const topic = await topicWith([]);
    const headers = [{ key: "trace", value: Buffer.from("42") }];
    const records = [
      { key: Buffer.from("k"), value: Buffer.from('{"a":1}'), headers, timestamp: 1_700_000_000_000 },
      { key: Buffer.from("k"), value: null },
    ];
    await produceBatch(client, topic, 0, buildBatch({ records }));
    const consumer = client.consumer({
      assign: [{ topic, partition: 0 }],
      from: "earliest",
      deserializers: {
        key: (bytes) => text(bytes),
        value: (bytes, { offset }) => (bytes ? { ...JSON.parse(text(bytes) ?? ""), offset } : null),
      },
    });
    const [first, second] = await take(consumer, 2);
    expect(first).toMatchObject({ key: "k", value: { a: 1, offset: 0 }, timestamp: 1_700_000_000_000, headers: [{ key: "trace" }] });
    expect(text(first?.headers[0]?.value ?? null)).toBe("42");
    expect(second).toMatchObject({ key: "k", value: null });
  });

  it("says which record cannot be deserialized, and goes on behind it when told to", async () => {
    const topic = await topicWith(["1", "no number", "3"]);
    const consumer = client.consumer({
      assign: [{ topic, partition: 0 }],
      from: "earliest",
      deserializers: {
        value: (bytes) => {
          if (!/^\d+$/.test(text(bytes) ?? "")) throw new Error("no number");
          return Number(text(bytes));
        },
      },
    });
    await expect(take(consumer, 2)).rejects.toMatchObject({
      code: "INVALID_RECORD",
      topic,
      partition: 0,
      message: expect.stringContaining("record 1 of"),
    });
    consumer.seek({ topic, partition: 0, offset: 2 });
    expect((await take(consumer, 1)).map(({ value }) => value)).toEqual([3]);
  });
});

describe("transactions", () => {
  /** Writes a transaction of one batch. */
  const transaction = async (topic: string, values: readonly string[], committed: boolean) => {
    const transactionalId = broker.topicName("writer");
    const { cluster } = client;
    const ready = await cluster.retrying({}, async () => {
      const answer = await cluster.askCoordinator("transaction", transactionalId, InitProducerId, {
        transactionalId,
        transactionTimeoutMs: 60_000,
      });
      if (answer.errorCode !== 0) throw new ClientError("COORDINATOR_LOAD_IN_PROGRESS", "not yet", { retriable: true });
      return answer;
    });
    const { producerId, producerEpoch } = ready;
    const member = { transactionalId, producerId, producerEpoch };
    await cluster.askCoordinator(
      "transaction",
      transactionalId,
      AddPartitionsToTxn,
      {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: [{ name: topic, partitions: [0] }],
      },
      { maxVersion: 3 },
    );
    const records = values.map((value) => ({ value: Buffer.from(value) }));
    const batch = buildBatch({ records, producerId, producerEpoch, baseSequence: 0, transactional: true });
    await produceBatch(client, topic, 0, batch, transactionalId);
    return async () => {
      const { errorCode } = await cluster.askCoordinator(
        "transaction",
        transactionalId,
        EndTxn,
        { ...member, committed },
        { maxVersion: 4 },
      );
      expect(errorCode).toBe(0);
    };
  };

  it("are read when they are committed, and their markers passed over", async () => {
    const topic = await topicWith(["before"]);
    await (await transaction(topic, ["aborted"], false))();
    await (await transaction(topic, ["committed"], true))();
    await produce(client, topic, 0, ["after"]);
    const committed = await take(reader(topic), 3);
    expect(committed.map(({ value }) => text(value))).toEqual(["before", "committed", "after"]);
    const all = await take(reader(topic, { isolation: "read_uncommitted" }), 4);
    expect(all.map(({ value }) => text(value))).toEqual(["before", "aborted", "committed", "after"]);
  });

  it("hold back what comes after them while they are open", async () => {
    const topic = await topicWith([]);
    const end = await transaction(topic, ["open"], false);
    await produce(client, topic, 0, ["after"]);
    expect((await take(reader(topic, { isolation: "read_uncommitted" }), 2)).map(({ value }) => text(value))).toEqual(["open", "after"]);
    const first = take(reader(topic, { fetchMaxWaitMs: 50 }), 1);
    expect(await Promise.race([first, client.cluster.pause(200)])).toBeUndefined();
    await end();
    expect((await first).map(({ value }) => text(value))).toEqual(["after"]);
  });

  it("leave no lag behind, though their markers are the last in the log", async () => {
    const topic = await topicWith([]);
    await (await transaction(topic, ["one"], true))();
    const consumer = reader(topic, { fetchMaxWaitMs: 50 });
    const loop = consumer[Symbol.asyncIterator]();
    await loop.next();
    const waiting = loop.next();
    await until(async () => (await consumer.lag())[0]?.lag === 0);
    expect(consumer.position({ topic, partition: 0 })).toBe(2);
    await consumer.close();
    expect(await waiting).toMatchObject({ done: true });
  });
});
