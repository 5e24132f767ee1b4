// The broker of a consumer is killed and comes back, and connections break: reading goes on, and committed offsets hold.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@moldau/client";
import { type BrokerInTest, startBroker } from "@moldau/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTopic, numbered, produce } from "./raw-records.js";

const QUICK = { "group.initial.rebalance.delay.ms": "0", "group.min.session.timeout.ms": "1000" };

let directory: string;
let broker: BrokerInTest;
let port: number;
let clients: Client[];
const connect = () => {
  const client = createClient({ bootstrap: `127.0.0.1:${port}`, retryBackoffMs: 20, retryBackoffMaxMs: 100, metadataMaxAgeMs: 500 });
  clients.push(client);
  return client;
};
const start = async () => {
  broker = await startBroker({ directory, port, properties: QUICK });
  port = Number(broker.bootstrap.split(":")[1]);
};
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "moldau-consumer-"));
  port = 0;
  clients = [];
  await start();
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await broker.stop();
  await rm(directory, { recursive: true });
});

/** Values processed, and when there are so many. */
function counter() {
  const seen: string[] = [];
  const waiting: { readonly count: number; readonly reached: () => void }[] = [];
  return {
    seen,
    add(value: Uint8Array | null) {
      seen.push(Buffer.from(value ?? "").toString());
      for (const { count, reached } of waiting) if (seen.length >= count) reached();
    },
    reaches: (count: number) => new Promise<void>((reached) => (seen.length >= count ? reached() : waiting.push({ count, reached }))),
  };
}

describe.each(["consumer", "classic", "assigned"] as const)("a restart of the broker (%s)", (how) => {
  it("is survived: everything is read, and once", async () => {
    const client = connect();
    await createTopic(client, "orders", 2);
    await produce(client, "orders", 0, numbered(20, "a"));
    const which =
      how === "assigned"
        ? { assign: [0, 1].map((partition) => ({ topic: "orders", partition })) }
        : { group: "billing", topics: "orders", protocol: how, heartbeatIntervalMs: 100 };
    const consumer = connect().consumer({ from: "earliest", fetchMaxWaitMs: 100, autoCommitMs: 50, ...which });
    const count = counter();
    const done = (async () => {
      for await (const { value } of consumer) count.add(value);
    })();
    await count.reaches(20);
    for (const round of ["b", "c"]) {
      await broker.stop();
      await start();
      await produce(client, "orders", 1, numbered(20, round));
      await count.reaches(round === "b" ? 40 : 60);
    }
    expect(count.seen.toSorted()).toEqual(["a", "b", "c"].flatMap((round) => numbered(20, round)).toSorted());
    await consumer.close();
    await done;
  });
});

describe("a broker that is gone", () => {
  it("does not keep a consumer from being closed", async () => {
    const client = connect();
    await createTopic(client, "orders");
    await produce(client, "orders", 0, numbered(2));
    const consumer = connect().consumer({ group: "billing", topics: "orders", from: "earliest" });
    const loop = consumer[Symbol.asyncIterator]();
    await loop.next();
    await loop.next();
    const waiting = loop.next();
    await broker.stop();
    await consumer.close({ withinMs: 300 });
    expect(await waiting).toMatchObject({ done: true });
    await start();
  });

  it("is waited for by a loop that begins before it is there", async () => {
    const client = connect();
    await createTopic(client, "orders");
    await produce(client, "orders", 0, ["there"]);
    await broker.stop();
    const loop = connect().consumer({ group: "billing", topics: "orders", from: "earliest" })[Symbol.asyncIterator]();
    const first = loop.next();
    await client.cluster.pause(100);
    await start();
    expect(Buffer.from((await first).value.value).toString()).toBe("there");
    await loop.return?.();
  });
});

describe("a topic that is deleted", () => {
  it("is given up, and read from its beginning when it comes again", async () => {
    const client = connect();
    await createTopic(client, "orders");
    await produce(client, "orders", 0, numbered(3, "old-"));
    const consumer = connect().consumer({ group: "billing", topics: "orders", from: "earliest", fetchMaxWaitMs: 100 });
    const count = counter();
    const done = (async () => {
      for await (const { value } of consumer) count.add(value);
    })();
    await count.reaches(3);
    await client.admin().topics.delete(["orders"]);
    await createTopic(client, "orders");
    await client.cluster.metadata.refresh(["orders"]);
    await produce(client, "orders", 0, numbered(5, "new-"));
    await count.reaches(8);
    expect(count.seen.slice(3)).toEqual(numbered(5, "new-"));
    await consumer.close();
    await done;
  });
});
