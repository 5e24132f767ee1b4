// Records get where they should: against a broker in this process, or the one that MOLDAU_TEST_BOOTSTRAP names.
import { type Client, type ClientOptions, createClient } from "@moldau/client";
import { afterEach, describe, expect, it } from "vitest";
import { recordsOf } from "./records-of.js";
import { suiteBroker } from "./suite-broker.js";

const broker = suiteBroker();
let client: Client | undefined;
afterEach(() => client?.close());
const open = (options: Partial<ClientOptions> = {}) => {
  client = createClient({ bootstrap: broker.bootstrap(), ...options });
  return client;
};

describe("send", () => {
  it("resolves with the place of the record, which is there", async () => {
    const topic = broker.topicName("orders");
    await using producer = open().producer();
    const first = await producer.send({ topic, key: "k", value: "one", headers: { a: "b", n: null }, timestamp: 1_700_000_000_000 });
    expect(first).toEqual({ topic, partition: 0, offset: 0, timestamp: 1_700_000_000_000 });
    expect(await producer.send({ topic, value: Buffer.from("two") })).toMatchObject({ offset: 1 });
    expect(await recordsOf(broker.bootstrap(), topic)).toMatchObject([
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
    const values = (await recordsOf(broker.bootstrap(), topic)).map(({ value }) => value);
    expect(values).toEqual(Array.from({ length: 5000 }, (_, i) => `${i}`));
  });
});
