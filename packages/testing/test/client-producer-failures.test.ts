// What a producer makes of connections that break, brokers that go away, and time that runs out. On a broker in this process, or on what
// MOLDAU_TEST_BOOTSTRAP names.
import { type Client, type ClientOptions, createClient } from "@moldau/client";
import { CreateTopics, DeleteTopics } from "@moldau/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { faultyDialer } from "./faulty-dialer.js";
import { recordsOf } from "./records-of.js";
import { suiteBroker } from "./suite-broker.js";

/** Later versions of DeleteTopics take ids as well. */
const LAST_BY_NAMES = 5;
const broker = suiteBroker();
const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
const open = (options: Partial<ClientOptions> = {}) => {
  const client = createClient({ bootstrap: broker.bootstrap(), retryBackoffMs: 10, retryBackoffMaxMs: 50, ...options });
  clients.push(client);
  return client;
};
const values = async (topic: string) => (await recordsOf(broker.bootstrap(), topic)).map(({ value }) => Number(value));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
/** True once in `of` times, the same times in each run. */
const onceIn = (of: number) => {
  let state = 12345;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31 < 1 / of;
  };
};

describe("connections that break before the answer is read", () => {
  it("lose nothing, double nothing, and change no order", async () => {
    const topic = broker.topicName("breaking");
    const dialer = faultyDialer();
    const producer = open({ world: { dialer } }).producer({ batchBytes: 500 });
    await producer.send({ topic, value: "0" });
    dialer.breaks = onceIn(4);
    const offsets: number[] = [];
    let next = 1;
    while (dialer.broken < 20 && next < 50_000) {
      const first = next;
      const some = upTo(100).map((i) => producer.send({ topic, value: `${first + i}` }));
      next += 100;
      offsets.push(...(await Promise.all(some)).map(({ offset }) => offset));
    }
    dialer.breaks = () => false;
    expect(dialer.broken).toBeGreaterThanOrEqual(20);
    expect(await values(topic)).toEqual(upTo(next));
    // An offset is not known where the batch was stored long before its answer arrived.
    offsets.forEach((offset, i) => {
      expect([i + 1, -1]).toContain(offset);
    });
  });

  it("do not harm transactions", async () => {
    const topic = broker.topicName("breaking");
    const dialer = faultyDialer();
    const producer = open({ world: { dialer } }).producer({ transactionalId: broker.topicName("id"), batchBytes: 500 });
    await producer.transaction(async (tx) => void (await tx.send({ topic, value: "0" })));
    dialer.breaks = onceIn(8);
    let next = 1;
    while (dialer.broken < 10 && next < 50_000) {
      const first = next;
      await producer.transaction((tx) => tx.sendAll(upTo(50).map((i) => ({ topic, value: `${first + i}` }))));
      next += 50;
    }
    expect(dialer.broken).toBeGreaterThanOrEqual(10);
    dialer.breaks = () => false;
    const read = await recordsOf(broker.bootstrap(), topic, "committed");
    expect(read.map(({ value }) => Number(value))).toEqual(upTo(next));
  });
});

describe("time that runs out", () => {
  it("gives records up, with a reason, and the next ones go", async () => {
    const topic = broker.topicName("late");
    const dialer = faultyDialer();
    const producer = open({ world: { dialer }, requestTimeoutMs: 300, connectTimeoutMs: 100 }).producer({ deliveryTimeoutMs: 1000 });
    await producer.send({ topic, value: "0" });
    dialer.silent = true;
    const lost = await Promise.allSettled(upTo(10).map((i) => producer.send({ topic, value: `lost ${i}` })));
    for (const one of lost) {
      expect(one).toMatchObject({ status: "rejected", reason: { code: "TIMED_OUT", topic, partition: 0, retriable: true } });
    }
    dialer.silent = false;
    // As some of the lost ones may be stored, the producer goes on under the next epoch.
    await Promise.all(upTo(10).map((i) => producer.send({ topic, value: `${i + 1}` })));
    expect((await values(topic)).filter((value) => !Number.isNaN(value))).toEqual(upTo(11));
  });

  it("tells of records that nobody awaits when the producer is flushed or closed", async () => {
    const topic = broker.topicName("late");
    const dialer = faultyDialer();
    const producer = open({ world: { dialer }, requestTimeoutMs: 200 }).producer({ deliveryTimeoutMs: 300 });
    await producer.send({ topic, value: "0" });
    dialer.silent = true;
    producer.enqueue({ topic, value: "lost" });
    await expect(producer.flush()).rejects.toMatchObject({ code: "TIMED_OUT", topic });
    await expect(producer.flush()).resolves.toBeUndefined();
    producer.enqueue({ topic, value: "lost too" });
    await expect(producer.close({ timeoutMs: 50 })).rejects.toMatchObject({ code: "CLOSED", topic });
  });

  it("rejects what a close cannot wait for", async () => {
    const topic = broker.topicName("closed");
    const dialer = faultyDialer();
    const producer = open({ world: { dialer } }).producer();
    await producer.send({ topic, value: "0" });
    dialer.silent = true;
    const pending = producer.send({ topic, value: "lost" });
    const started = performance.now();
    await Promise.all([producer.close({ timeoutMs: 50 }), expect(pending).rejects.toMatchObject({ code: "CLOSED", topic, partition: 0 })]);
    expect(performance.now() - started).toBeLessThan(5000);
    await expect(producer.send({ topic, value: "later" })).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("is told where no broker is", async () => {
    const producer = open({ bootstrap: "127.0.0.1:1" }).producer({ deliveryTimeoutMs: 300 });
    await expect(producer.send({ topic: "t", value: "v" })).rejects.toMatchObject({ code: "CONNECTION_LOST", topic: "t" });
  });
});

describe("topics that change", () => {
  it("may be deleted and created anew, with more partitions", async () => {
    const topic = broker.topicName("changing");
    const { cluster, ...client } = open();
    const producer = client.producer();
    const create = async (numPartitions: number) => {
      const topics = [{ name: topic, numPartitions, replicationFactor: 1, assignments: [], configs: [] }];
      const created = async () => {
        const answer = await cluster.ask(CreateTopics, { topics, timeoutMs: 10_000, validateOnly: false });
        return answer.topics[0]?.errorCode;
      };
      // A deleted topic's name is free only after a moment.
      await expect.poll(created, { timeout: 5000 }).toBe(0);
    };
    await create(1);
    for (let i = 0; i < 5; i++) await producer.send({ topic, value: `before ${i}` });
    await cluster.ask(DeleteTopics, { topicNames: [topic], timeoutMs: 10_000 }, { maxVersion: LAST_BY_NAMES });
    await create(2);
    const after = await Promise.all(upTo(5).map((i) => producer.send({ topic, partition: 0, value: `${i}` })));
    expect(after.map(({ offset }) => offset)).toEqual(upTo(5));
    await expect
      .poll(() => producer.send({ topic, partition: 1, value: "5" }).catch(() => ({ partition: -1 })))
      .toMatchObject({ partition: 1 });
    expect(await values(topic)).toEqual(upTo(6));
  });
});

describe("an AbortSignal", () => {
  it("rejects the call with its reason, whether the record has left or not", async () => {
    const topic = broker.topicName("aborted");
    const dialer = faultyDialer();
    const producer = open({ world: { dialer } }).producer();
    await expect(producer.send({ topic, value: "no" }, { signal: AbortSignal.abort("before") })).rejects.toBe("before");
    await producer.send({ topic, value: "0" }, { signal: new AbortController().signal });
    dialer.silent = true;
    const controller = new AbortController();
    const all = producer.sendAll([{ topic, value: "a" }], { signal: controller.signal });
    const one = producer.send({ topic, value: "b" }, { signal: controller.signal });
    controller.abort("enough");
    await expect(one).rejects.toBe("enough");
    await expect(all).rejects.toBe("enough");
    await producer.close({ timeoutMs: 10 });
  });
});
