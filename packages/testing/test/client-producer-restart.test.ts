// A broker that is stopped and started again under a producer that goes on sending.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@moldau/client";
import { type BrokerInTest, startBroker } from "@moldau/testing";
import { expect, it } from "vitest";
import { recordsOf } from "./records-of.js";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

it("takes every record once, in order, whatever was under way when it stopped", async () => {
  const directory = await mkdtemp(join(tmpdir(), "moldau-restart-"));
  let broker: BrokerInTest = await startBroker({ directory });
  const { bootstrap } = broker;
  const port = Number(bootstrap.split(":")[1]);
  await using client = createClient({ bootstrap, retryBackoffMs: 20, retryBackoffMaxMs: 100 });
  await using producer = client.producer({ batchBytes: 1000 });
  let next = 0;
  const sent: Promise<unknown>[] = [];
  const send = (count: number) => {
    for (let i = 0; i < count; i++) sent.push(producer.send({ topic: "t", value: `${next++}` }));
  };
  send(1);
  await sent[0];
  for (let restart = 0; restart < 3; restart++) {
    send(500);
    const stopped = broker.stop();
    send(500);
    await stopped;
    send(500);
    broker = await startBroker({ directory, port });
  }
  await Promise.all(sent);
  const values = (await recordsOf(bootstrap, "t")).map(({ value }) => Number(value));
  expect(values).toEqual(upTo(next));
  await producer.close();
  await broker.stop();
  await rm(directory, { recursive: true });
});

it("is waited for when it is not there yet", async () => {
  const first = await startBroker();
  const port = Number(first.bootstrap.split(":")[1]);
  await first.stop();
  await using client = createClient({ bootstrap: first.bootstrap, retryBackoffMs: 20, retryBackoffMaxMs: 100 });
  await using producer = client.producer();
  const early = producer.send({ topic: "early", value: "bird" });
  await using _broker = await startBroker({ port });
  await expect(early).resolves.toMatchObject({ topic: "early", offset: 0 });
});
