// Where a consumer without a group reads: positions, topics that come later, and how loops over it end.
import type { Client } from "@moldau/client";
import { buildBatch } from "@moldau/records";
import { beforeEach, describe, expect, it } from "vitest";
import { consumerSuite, take, text } from "./consumer-suite.js";
import { createTopic, numbered, produce, produceBatch } from "./raw-records.js";

const { broker, client: current, topicWith, reader, until } = consumerSuite();
let client: Client;
beforeEach(() => {
  client = current();
});

describe("positions", () => {
  it("begin at the end, or at a time", async () => {
    const topic = await topicWith([]);
    const at = (timestamp: number) =>
      produceBatch(client, topic, 0, buildBatch({ records: [{ value: Buffer.from(String(timestamp)), timestamp }] }));
    for (const timestamp of [1_000, 2_000, 3_000]) await at(timestamp);
    expect((await take(reader(topic, { from: { timestamp: 1_500 } }), 2)).map(({ timestamp }) => timestamp)).toEqual([2_000, 3_000]);
    const latest = reader(topic, { from: "latest" });
    const next = take(latest, 1);
    await until(() => latest.assignment.length > 0 && latest.position({ topic, partition: 0 }) === 3);
    await at(4_000);
    expect((await next).map(({ timestamp }) => timestamp)).toEqual([4_000]);
    const beyond = reader(topic, { from: { timestamp: 9_000 } });
    const nothing = beyond[Symbol.asyncIterator]().next();
    await until(() => beyond.assignment.length > 0 && beyond.position({ topic, partition: 0 }) === 4);
    await beyond.close();
    expect(await nothing).toMatchObject({ done: true });
  });

  it("that are gone are found anew by the rule", async () => {
    const topic = await topicWith(numbered(3));
    const consumer = client.consumer({ assign: [{ topic, partition: 0, offset: 1_000 }], from: "earliest" });
    expect((await take(consumer, 1)).map(({ offset }) => offset)).toEqual([0]);
  });

  it("can be sought, also to what was handed out", async () => {
    const topic = await topicWith(numbered(10));
    const consumer = reader(topic);
    const offsets: number[] = [];
    for await (const { offset } of consumer) {
      offsets.push(offset);
      if (offsets.length === 3) consumer.seek({ topic, partition: 0, offset: 8 });
      if (offset === 9) consumer.seek({ topic, partition: 0, offset: 0 });
      if (offsets.length === 6) break;
    }
    expect(offsets).toEqual([0, 1, 2, 8, 9, 0]);
    expect(() => consumer.seek({ topic, partition: 5, offset: 0 })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", partition: 5 }),
    );
  });

  it("stay where a loop was left: what was in hand comes again", async () => {
    const topic = await topicWith(numbered(5));
    const consumer = reader(topic);
    expect((await take(consumer, 2)).map(({ offset }) => offset)).toEqual([0, 1]);
    expect((await take(consumer, 2)).map(({ offset }) => offset)).toEqual([1, 2]);
  });

  it("do not move in paused partitions, and the others do", async () => {
    const topic = await topicWith(numbered(3, "a"), numbered(3, "b"));
    const consumer = client.consumer({ assign: [0, 1].map((partition) => ({ topic, partition })), from: "earliest", fetchMaxWaitMs: 50 });
    const loop = consumer[Symbol.asyncIterator]();
    const first = await loop.next();
    const paused = first.value.partition as number;
    consumer.pause([{ topic, partition: paused }]);
    const others = [];
    for (let i = 0; i < 3; i++) others.push((await loop.next()).value.partition);
    expect(others).toEqual([1 - paused, 1 - paused, 1 - paused]);
    const next = loop.next();
    expect(await Promise.race([next, client.cluster.pause(150)])).toBeUndefined();
    consumer.resume([{ topic, partition: paused }]);
    expect((await next).value).toMatchObject({ partition: paused, offset: 1 });
    await loop.return?.();
  });
});

describe("topics", () => {
  it("are read whole without a group, also those and the partitions that come later", async () => {
    const prefix = broker.topicName("event");
    await createTopic(client, `${prefix}-a`);
    await produce(client, `${prefix}-a`, 0, ["first"]);
    const consumer = client.consumer({ topics: new RegExp(`^${prefix}-`), from: "earliest" });
    const loop = consumer[Symbol.asyncIterator]();
    expect(text((await loop.next()).value.value)).toBe("first");
    await createTopic(client, `${prefix}-b`);
    await produce(client, `${prefix}-b`, 0, ["second"]);
    expect(text((await loop.next()).value.value)).toBe("second");
    await loop.return?.();
  });

  it("that do not exist yet are waited for", async () => {
    const topic = broker.topicName("later");
    const consumer = reader(topic);
    const loop = consumer[Symbol.asyncIterator]();
    const first = loop.next();
    expect(await Promise.race([first, client.cluster.pause(100)])).toBeUndefined();
    await createTopic(client, topic);
    await produce(client, topic, 0, ["here"]);
    expect(text((await first).value.value)).toBe("here");
    await loop.return?.();
  });
});

describe("a loop", () => {
  it("ends when the consumer is closed, by hand or by a signal", async () => {
    const topic = await topicWith([]);
    const consumer = reader(topic);
    const loop = consumer[Symbol.asyncIterator]();
    const waiting = loop.next();
    await consumer.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await loop.next()).toEqual({ done: true, value: undefined });
    const signalled = new AbortController();
    const other = reader(topic, { signal: signalled.signal })[Symbol.asyncIterator]().next();
    signalled.abort();
    expect(await other).toEqual({ done: true, value: undefined });
  });

  it("answers several questions at once in their order", async () => {
    const topic = await topicWith(numbered(4));
    const loop = reader(topic)[Symbol.asyncIterator]();
    const answers = await Promise.all([loop.next(), loop.next(), loop.next(), loop.next()]);
    expect(answers.map(({ value }) => value.offset)).toEqual([0, 1, 2, 3]);
    await loop.return?.();
  });

  it("is the only one", async () => {
    const topic = await topicWith([]);
    const consumer = reader(topic);
    consumer[Symbol.asyncIterator]();
    expect(() => consumer.batches()).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("needs to know what to read", () => {
    expect(() => client.consumer({ group: "billing" })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(() => client.consumer({ topics: [], assign: [] })).not.toThrow();
  });
});
