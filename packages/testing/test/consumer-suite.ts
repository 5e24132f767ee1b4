// What the suites of the consumer without a group share: a client for each test, topics with records, ways to take what comes.
import { type Client, type ConsumerOptions, createClient } from "@moldau/client";
import { afterEach, beforeEach } from "vitest";
import { createTopic, produce } from "./raw-records.js";
import { suiteBroker } from "./suite-broker.js";

export function consumerSuite() {
  const broker = suiteBroker();
  let client: Client;
  beforeEach(() => {
    client = createClient({ bootstrap: broker.bootstrap(), retryBackoffMs: 20, metadataMaxAgeMs: 200 });
  });
  afterEach(() => client.close());
  return {
    broker,
    client: () => client,
    /** A topic of its own, with values in each partition. */
    async topicWith(...values: readonly (readonly string[])[]): Promise<string> {
      const topic = broker.topicName("orders");
      await createTopic(client, topic, values.length);
      await Promise.all(values.map((some, partition) => (some.length > 0 ? produce(client, topic, partition, some) : undefined)));
      return topic;
    },
    /** Of the topic's first partition, from its beginning unless told otherwise. */
    reader: (topic: string, options: ConsumerOptions = {}) =>
      client.consumer({ assign: [{ topic, partition: 0 }], from: "earliest", ...options }),
    /** Resolves once it is true: asked again and again, for as long as the test may take. */
    async until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await isTrue())) await client.cluster.pause(5);
    },
  };
}

export const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString());

/** The next `count` items of the loop, which is then left. */
export async function take<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) if (taken.push(item) === count) break;
  return taken;
}
