// Records get where they should: against a broker in this process, or the one that MOLDAU_TEST_BOOTSTRAP names.
import { pipeline } from "node:stream/promises";
import { type Client, createClient } from "@moldau/client";
import { CreateTopics } from "@moldau/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { recordsOf } from "./records-of.js";
import { suiteBroker } from "./suite-broker.js";

const broker = suiteBroker();
/** A topic of several partitions, or with configurations. */
const created = async (name: string, partitions: number, configs: Readonly<Record<string, string>> = {}): Promise<string> => {
  const topic = broker.topicName(name);
  const { cluster } = open();
  const asked = { name: topic, numPartitions: partitions, replicationFactor: 1, assignments: [] };
  const topics = [{ ...asked, configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })) }];
  const answer = await cluster.ask(CreateTopics, { topics, timeoutMs: 10_000, validateOnly: false });
  expect(answer.topics[0]?.errorCode).toBe(0);
  return topic;
};
const read = (topic: string) => recordsOf(broker.bootstrap(), topic);
let client: Client | undefined;
afterEach(async () => {
  await client?.close();
  client = undefined;
});
const open = () => {
  client ??= createClient({ bootstrap: broker.bootstrap() });
  return client;
};

describe("send", () => {
  it("resolves with the place of the record, which is there", async () => {
    const topic = broker.topicName("orders");
    await using producer = open().producer();
    const first = await producer.send({ topic, key: "k", value: "one", headers: { a: "b", n: null }, timestamp: 1_700_000_000_000 });
    expect(first).toEqual({ topic, partition: 0, offset: 0, timestamp: 1_700_000_000_000 });
    expect(await producer.send({ topic, value: Buffer.from("two") })).toMatchObject({ offset: 1 });
    expect(await read(topic)).toMatchObject([
      {
        offset: 0,
        key: "k",
        value: "one",
        headers: [
          ["a", "b"],
          ["n", null],
        ],
      },
      { offset: 1, key: null, value: "two", headers: [] },
    ]);
  });

  it("keeps the order of thousands that are awaited at once", async () => {
    const topic = broker.topicName("many");
    await using producer = open().producer();
    const sent = Array.from({ length: 5000 }, (_, i) => producer.send({ topic, value: `${i}` }));
    const offsets = (await Promise.all(sent)).map(({ offset }) => offset);
    expect(offsets).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    const values = (await read(topic)).map(({ value }) => value);
    expect(values).toEqual(Array.from({ length: 5000 }, (_, i) => `${i}`));
  });
});

describe("ways to send", () => {
  it("sends a list, and gives the places in its order", async () => {
    const topic = await created("list", 4);
    await using producer = open().producer();
    const records = Array.from({ length: 1000 }, (_, i) => ({ topic, key: `key ${i % 50}`, value: `${i}` }));
    const deliveries = await producer.sendAll(records);
    const byPlace = new Map((await read(topic)).map((record) => [`${record.partition} ${record.offset}`, record.value]));
    deliveries.forEach(({ partition, offset }, i) => {
      expect(byPlace.get(`${partition} ${offset}`)).toBe(`${i}`);
    });
    expect(new Set(deliveries.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2, 3]));
    expect(await producer.sendAll([])).toEqual([]);
  });

  it("keeps to its memory: enqueue refuses, sends wait, and all arrive in order", async () => {
    const topic = await created("bounded", 1);
    await using producer = open().producer({ bufferBytes: 10_000, batchBytes: 2000 });
    const value = (i: number) => `${i}`.padStart(500, "0");
    let refused = 0;
    for (let i = 0; i < 200; i++) {
      while (!producer.enqueue({ topic, value: value(i) })) {
        refused++;
        await producer.room();
      }
    }
    expect(refused).toBeGreaterThan(2);
    await Promise.all(Array.from({ length: 200 }, (_, i) => producer.send({ topic, value: value(200 + i) })));
    expect((await read(topic)).map((record) => Number(record.value))).toEqual(Array.from({ length: 400 }, (_, i) => i));
  });

  it("is done with what was enqueued when it is flushed", async () => {
    const topic = await created("flushed", 3);
    await using producer = open().producer({ lingerMs: 60_000 });
    for (let i = 0; i < 300; i++) producer.enqueue({ topic, key: `${i}`, value: `${i}` });
    await producer.flush();
    expect(await read(topic)).toHaveLength(300);
  });

  it("takes a stream of records, or of values, at the pace of the broker", async () => {
    const topic = await created("stream", 1);
    await using producer = open().producer({ bufferBytes: 5000, batchBytes: 1000 });
    const values = Array.from({ length: 500 }, (_, i) => `${i}`.padStart(100, "0"));
    await pipeline(values, producer.writable(topic));
    await pipeline([{ topic, key: "k", value: "last" }], producer.writable());
    expect((await read(topic)).map(({ key, value }) => key ?? value)).toEqual([...values, "k"]);
    await expect(pipeline([{ topic: "no spaces allowed", value: "v" }], producer.writable())).rejects.toThrow();
  });

  it("lingers for more when it is told to, and not longer", async () => {
    const topic = await created("linger", 1);
    await using producer = open().producer({ lingerMs: 50 });
    const first = producer.send({ topic, value: "a" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = producer.send({ topic, value: "b" });
    expect([(await first).offset, (await second).offset]).toEqual([0, 1]);
  });

  it.each([0, 1, "all"] as const)("acknowledges as asked: %s", async (acks) => {
    const topic = await created("acks", 1);
    const producer = open().producer({ acks, idempotent: false });
    const { offset } = await producer.send({ topic, value: "v" });
    expect(offset).toBe(acks === 0 ? -1 : 0);
    await producer.close();
    await expect.poll(() => read(topic)).toMatchObject([{ value: "v" }]);
  });

  it.each(["gzip", "snappy", "lz4", "zstd"] as const)("compresses with %s", async (compression) => {
    const topic = await created(compression, 1);
    await using producer = open().producer({ compression });
    const values = Array.from({ length: 500 }, (_, i) => `some text that repeats ${i}`);
    await producer.sendAll(values.map((value) => ({ topic, value })));
    expect((await read(topic)).map(({ value }) => value)).toEqual(values);
  });
});

describe("partitions", () => {
  it("are those that Java chooses for a key, those named, or those that a function says", async () => {
    const topic = await created("chosen", 10);
    await using producer = open().producer();
    // Utils.toPositive(Utils.murmur2(key)) % 10 in Kafka 4.3.1.
    const keys = { "21": 0, foobar: 6, "a-little-bit-long-string": 2, größe: 4, "🙂🙃": 9 };
    for (const [key, partition] of Object.entries(keys)) {
      expect({ key, partition: (await producer.send({ topic, key, value: "" })).partition }).toEqual({ key, partition });
      expect((await producer.send({ topic, key: Buffer.from(key) })).partition).toBe(partition);
    }
    expect((await producer.send({ topic, key: "foobar", partition: 3 })).partition).toBe(3);
    await expect(producer.send({ topic, partition: 10 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT", topic, partition: 10 });
    await using other = open().producer({ partitioner: ({ key, partitions }) => (key === "last" ? partitions - 1 : undefined) });
    expect((await other.send({ topic, key: "last" })).partition).toBe(9);
    expect((await other.send({ topic, key: "foobar" })).partition).toBe(6);
  });

  it("take turns when there is no key", async () => {
    const topic = await created("turns", 4);
    await using producer = open().producer();
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 40; i++) {
      const { partition } = await producer.send({ topic, value: "v" });
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(counts).toEqual([10, 10, 10, 10]);
  });
});

describe("what cannot be sent", () => {
  it("is cut into parts when the broker finds a batch too large, down to the record that is", async () => {
    const topic = await created("small", 1, { "max.message.bytes": "2000" });
    await using producer = open().producer();
    const value = (i: number) => (i === 40 ? "x".repeat(3000) : `${i}`.padStart(100, "0"));
    const sent = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => producer.send({ topic, value: value(i) })));
    expect(sent.flatMap(({ status }, i) => (status === "rejected" ? [i] : []))).toEqual([40]);
    expect(sent[40]).toMatchObject({ reason: { code: "MESSAGE_TOO_LARGE", topic, partition: 0, retriable: false } });
    const kept = Array.from({ length: 100 }, (_, i) => i).filter((i) => i !== 40);
    expect((await read(topic)).map((record) => Number(record.value))).toEqual(kept);
    expect(await producer.send({ topic, value: "100" })).toMatchObject({ offset: 99 });
  });

  it("is refused with a reason", async () => {
    const topic = await created("refused", 1);
    await using producer = open().producer();
    await expect(producer.send({ topic, value: 5 as never })).rejects.toMatchObject({ code: "INVALID_ARGUMENT", topic });
    await expect(producer.send({ value: "v" } as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(producer.send({ topic: "no spaces allowed", value: "v" })).rejects.toMatchObject({ code: "INVALID_TOPIC_EXCEPTION" });
    expect(() => open().producer({ acks: 1, idempotent: true })).toThrow('an idempotent producer needs acks "all"');
    await expect(producer.begin()).rejects.toThrow("transactions need a producer with a transactionalId");
  });

  it("is a number for a producer that has no serializer", async () => {
    const topic = await created("typed", 1);
    await using producer = open().producer<number, { a: number }>({
      serializers: { key: (key) => `${key}`, value: (value) => Buffer.from(JSON.stringify(value)) },
    });
    await producer.send({ topic, key: 7, value: { a: 1 } });
    await producer.send({ topic, key: 7, value: null });
    expect(await read(topic)).toMatchObject([
      { key: "7", value: '{"a":1}' },
      { key: "7", value: null },
    ]);
  });
});
