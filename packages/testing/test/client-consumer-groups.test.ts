// Groups by both protocols: partitions are handed over without a record lost or processed twice, whoever comes, goes or dies.
import { type Client, type Consumer, type ConsumerOptions, createClient } from "@moldau/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTopic, numbered, produce } from "./raw-records.js";
import { suiteBroker } from "./suite-broker.js";

const broker = suiteBroker();
const clients: Client[] = [];
const connect = () => {
  const client = createClient({ bootstrap: broker.bootstrap(), retryBackoffMs: 20, metadataMaxAgeMs: 1_000 });
  clients.push(client);
  return client;
};
let client: Client;
beforeEach(() => {
  client = connect();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.close()));
});

interface Worker {
  readonly consumer: Consumer;
  /** Values processed, in order. */
  readonly seen: string[];
  readonly done: Promise<void>;
}

/** Processes what comes until it is closed; `told` at each value. */
function work(options: ConsumerOptions, told: () => void, from = client): Worker {
  const consumer = from.consumer({ from: "earliest", heartbeatIntervalMs: 100, ...options });
  const seen: string[] = [];
  const run = async () => {
    for await (const { value } of consumer) {
      seen.push(Buffer.from(value ?? "").toString());
      told();
    }
  };
  return { consumer, seen, done: run() };
}

/** Resolves once `isTrue`, which is asked again whenever `check` is called. */
function condition() {
  const waiting = new Set<() => void>();
  const check = () => {
    for (const look of waiting) look();
  };
  const until = (isTrue: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isTrue()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { check, until };
}

describe.each(["consumer", "classic"] as const)("a group of the %s protocol", (protocol) => {
  const setUp = async (partitions = 4) => {
    const topic = broker.topicName("orders");
    await createTopic(client, topic, partitions);
    return { topic, group: broker.topicName("billing"), partitions };
  };
  const fill = (topic: string, partitions: number, prefix: string, count = 50) =>
    Promise.all(
      Array.from({ length: partitions }, (_, partition) => produce(client, topic, partition, numbered(count, `${prefix}-${partition}-`))),
    );
  const values = (partitions: number, prefix: string, count = 50) =>
    Array.from({ length: partitions }, (_, partition) => numbered(count, `${prefix}-${partition}-`)).flat();

  it("goes on where it stopped", async () => {
    const { topic, group, partitions } = await setUp();
    await fill(topic, partitions, "a");
    const { check, until } = condition();
    const first = work({ group, topics: [topic], protocol }, check);
    await until(() => first.seen.length === 200);
    await first.consumer.close();
    await first.done;
    await fill(topic, partitions, "b", 5);
    const second = work({ group, topics: [topic], protocol }, check);
    await until(() => second.seen.length === 20);
    expect(second.seen.toSorted()).toEqual(values(partitions, "b", 5).toSorted());
  });

  it("hands over partitions without loss or double work when members come and go", async () => {
    const { topic, group, partitions } = await setUp();
    const { check, until } = condition();
    const options = { group, topics: [topic], protocol, onAssigned: check };
    const one = work(options, check);
    await until(() => one.consumer.assignment.length === partitions);
    await fill(topic, partitions, "a");
    await until(() => one.seen.length > 20);
    const two = work(options, check, connect());
    await until(() => one.consumer.assignment.length === 2 && two.consumer.assignment.length === 2);
    await fill(topic, partitions, "b");
    await until(() => one.seen.length + two.seen.length >= 400);
    await one.consumer.close();
    await one.done;
    await until(() => two.consumer.assignment.length === partitions);
    await fill(topic, partitions, "c");
    await until(() => one.seen.length + two.seen.length >= 600);
    await two.consumer.close();
    const expected = [...values(partitions, "a"), ...values(partitions, "b"), ...values(partitions, "c")];
    expect([...one.seen, ...two.seen].toSorted()).toEqual(expected.toSorted());
    expect(two.seen.some((value) => value.startsWith("b"))).toBe(true);
  });
});
