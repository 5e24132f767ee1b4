// The consumer without a group: what it is given is what lies in the log, whatever the batches look like.
import { type Client, createClient } from "@moldau/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTopic, numbered, produce } from "./raw-records.js";
import { suiteBroker } from "./suite-broker.js";

const broker = suiteBroker();
let client: Client;
beforeEach(() => {
  client = createClient({ bootstrap: broker.bootstrap(), retryBackoffMs: 20 });
});
afterEach(() => client.close());

const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString());

/** A topic of its own, with values in each partition. */
async function topicWith(...values: readonly (readonly string[])[]): Promise<string> {
  const topic = broker.topicName("orders");
  await createTopic(client, topic, values.length);
  await Promise.all(values.map((some, partition) => (some.length > 0 ? produce(client, topic, partition, some) : undefined)));
  return topic;
}

/** The next `count` items of the loop, which is then left. */
async function take<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) if (taken.push(item) === count) break;
  return taken;
}

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
