// Transactions seen and ended from outside, and what a broker has not got. Producers are made by hand.
import { type Admin, type Client, createClient } from "@moldau/client";
import { InitProducerId, Produce } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { afterAll, beforeAll, expect, it } from "vitest";
import { suiteBroker } from "./suite-broker.js";

const broker = suiteBroker();
let client: Client;
let admin: Admin;
beforeAll(() => {
  client = createClient({ bootstrap: broker.bootstrap() });
  admin = client.admin();
});
afterAll(() => client.close());

/** Opens a transaction with one record in it. */
async function openTransaction() {
  const topic = broker.topicName("orders");
  const transactionalId = broker.topicName("payments");
  await admin.topics.create([{ topic }]);
  const [fenced] = await admin.transactions.fence([transactionalId]);
  const { nodeId = -1 } = (await admin.cluster.describe()).brokers[0] ?? {};
  const init = { transactionalId, transactionTimeoutMs: 60_000 };
  const { producerId, producerEpoch } = await client.cluster.askCoordinator("transaction", transactionalId, InitProducerId, init, {
    maxVersion: InitProducerId.stableVersions.max,
  });
  expect([producerId, producerEpoch]).toEqual([fenced?.producerId, (fenced?.producerEpoch ?? 0) + 1]);
  const records = buildBatch({
    producerId,
    producerEpoch,
    baseSequence: 0,
    transactional: true,
    records: [{ value: Buffer.from("x"), timestamp: 1 }],
  });
  const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }];
  const produce = { transactionalId, acks: -1, timeoutMs: 5_000, topicData };
  const ask = () => client.cluster.askBroker(nodeId, Produce, produce, { maxVersion: 12 });
  // A topic that is new may not be led yet.
  await expect.poll(async () => (await ask()).responses[0]?.partitionResponses[0]?.errorCode).toBe(0);
  return { topic, transactionalId, producerId, producerEpoch };
}

const stableEnd = async (topic: string) =>
  (await admin.offsets.list([{ topic, partition: 0, at: "latest" }], { isolation: "read_committed" }))[0]?.offset;

it("lists and describes transactions that are open", async () => {
  const { topic, transactionalId, producerId, producerEpoch } = await openTransaction();
  expect(await admin.transactions.list({ states: ["Ongoing"] })).toContainEqual({ transactionalId, producerId, state: "Ongoing" });
  expect(await admin.transactions.list({ producerIds: [producerId] })).toHaveLength(1);
  expect(await admin.transactions.list({ openForMs: 3_600_000, states: ["Ongoing"] })).toEqual([]);
  expect((await admin.transactions.list({ idPattern: `${transactionalId}.*` })).map((one) => one.transactionalId)).toEqual([
    transactionalId,
  ]);
  await expect(admin.transactions.list({ states: ["Perhaps"] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  const outcomes = await admin.transactions.describe([transactionalId, "no such id"]).outcomes();
  expect(outcomes[0]).toMatchObject({
    value: { transactionalId, producerId, producerEpoch, state: "Ongoing", timeoutMs: 60_000, partitions: [{ topic, partition: 0 }] },
  });
  expect(outcomes[1]?.error?.code).toBe("TRANSACTIONAL_ID_NOT_FOUND");
  const [partition] = await admin.transactions.producers([{ topic, partition: 0 }]);
  expect(partition?.producers).toMatchObject([{ producerId, producerEpoch, lastSequence: 0, transactionStartOffset: 0 }]);
});

it("fences a producer off: its transaction is aborted", async () => {
  const { topic, transactionalId, producerId } = await openTransaction();
  expect(await stableEnd(topic)).toBe(0);
  const [fenced] = await admin.transactions.fence([transactionalId]);
  expect(fenced).toMatchObject({ transactionalId, producerId });
  await expect.poll(() => stableEnd(topic)).toBe(2);
  await expect.poll(() => admin.transactions.describe([transactionalId])).toMatchObject([{ state: "Empty", startedMs: undefined }]);
});

it("aborts what hangs in a partition", async () => {
  const { topic, producerId, producerEpoch } = await openTransaction();
  const [partition] = await admin.transactions.producers([{ topic, partition: 0 }]);
  const coordinatorEpoch = Math.max(partition?.producers[0]?.coordinatorEpoch ?? 0, 0);
  await admin.transactions.abort([{ topic, partition: 0, producerId, producerEpoch, coordinatorEpoch }]);
  await expect.poll(() => stableEnd(topic)).toBe(2);
});

it("says what the broker has not got", async () => {
  const unsupported = /UNSUPPORTED_BY_BROKER|SECURITY_DISABLED/;
  await expect(admin.acls.describe({})).rejects.toMatchObject({ code: expect.stringMatching(unsupported) });
  const auth = /UNSUPPORTED_BY_BROKER|DELEGATION_TOKEN_REQUEST_NOT_ALLOWED/;
  await expect(admin.tokens.create()).rejects.toMatchObject({ code: expect.stringMatching(auth) });
});
