// The client finds its way about a cluster: a broker in this process, or the one that MOLDAU_TEST_BOOTSTRAP names.
import { type Cluster, clusterOf } from "@moldau/client";
import { afterEach, expect, it } from "vitest";
import { suiteBroker } from "./suite-broker.js";

const broker = suiteBroker();
let cluster: Cluster | undefined;
afterEach(() => cluster?.close());
const open = (bootstrap = broker.bootstrap()) => {
  cluster = clusterOf({ bootstrap });
  return cluster;
};

it("learns of the brokers, and of topics that are created on the way", async () => {
  const { metadata } = open();
  const { brokers, clusterId } = await metadata.cluster();
  expect(brokers).toHaveLength(1);
  expect(clusterId).toMatch(/^[\w-]{22}$/);
  const name = broker.topicName("orders");
  const topic = await metadata.topic(name, { mayCreate: true });
  expect(topic).toMatchObject({ name, isInternal: false, partitions: [{ partition: 0, leader: brokers[0]?.nodeId }] });
  expect((await metadata.all()).map((one) => one.name)).toContain(name);
});

it("says which topic does not exist, once its patience ends", async () => {
  const { metadata } = open();
  const name = broker.topicName("missing");
  await expect(metadata.topic(name, { withinMs: 300 })).rejects.toMatchObject({
    code: "UNKNOWN_TOPIC_OR_PARTITION",
    topic: name,
    retriable: true,
  });
});

it("goes on to the next bootstrap address when one does not answer", async () => {
  const { metadata } = open(`127.0.0.1:1,${broker.bootstrap()}`);
  expect((await metadata.cluster()).brokers).toHaveLength(1);
});

it("finds coordinators", async () => {
  const { coordinators, metadata } = open();
  const { brokers } = await metadata.cluster();
  for (const kind of ["group", "transaction"] as const) {
    const find = () => coordinators.find(kind, "mine");
    await expect(open().retrying({}, find)).resolves.toBe(brokers[0]?.nodeId);
  }
});

it("says why no broker can be reached", async () => {
  await expect(open("127.0.0.1:1").metadata.cluster()).rejects.toMatchObject({
    code: "CONNECTION_LOST",
    message: expect.stringContaining("127.0.0.1:1: connect ECONNREFUSED"),
  });
});
