// Offsets committed in transactions, over the wire: read, process, write.
import { groupPartition } from "@moldau/coordinators";
import { memoryDisk } from "@moldau/env";
import { AddOffsetsToTxn, type ErrorName, OffsetFetch, TxnOffsetCommit } from "@moldau/protocol";
import { batches, controlType, readBatchHeader, records } from "@moldau/records";
import { memoryMedium } from "@moldau/storage";
import { describe, expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { commit, committed } from "../testing/groups.js";
import { testBroker } from "../testing/test-broker.js";
import type { TestClient } from "../testing/test-client.js";
import { createTopic, fetchFrom, nameOf } from "../testing/topics.js";
import { initTransactions, stateOf, type TransactionalProducer, transactionalProducer } from "../testing/transactions.js";

const start = brokersOfTests();

/** As a group's consumer wants it that reads what is committed only. */
async function stable(client: TestClient, groupId: string, topic: string): Promise<number | ErrorName> {
  const { groups } = await client.ask(OffsetFetch, 9, {
    groups: [{ groupId, memberId: null, topics: [{ name: topic, partitionIndexes: [0] }] }],
    requireStable: true,
  });
  const [answer] = groups[0]?.topics[0]?.partitions ?? [];
  if (!answer) throw new Error("the offset was not answered");
  return answer.errorCode === 0 ? answer.committedOffset : (nameOf(answer.errorCode) as ErrorName);
}

interface TxnCommit {
  readonly topic?: string;
  readonly groupId?: string;
  readonly version?: number;
  readonly producerEpoch?: number;
  readonly generationId?: number;
  readonly memberId?: string;
}

async function txnCommit(
  client: TestClient,
  { transactionalId, producerId, producerEpoch }: TransactionalProducer,
  offset: number,
  { topic = "in", groupId = "g", version = 5, ...others }: TxnCommit = {},
): Promise<string> {
  const { topics } = await client.ask(TxnOffsetCommit, version, {
    transactionalId,
    groupId,
    producerId,
    producerEpoch,
    ...(version >= 3 ? { groupInstanceId: null, ...others } : others),
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: null }] }],
  });
  return nameOf(topics[0]?.partitions[0]?.errorCode ?? -1);
}

async function addOffsets(client: TestClient, { transactionalId, producerId, producerEpoch }: TransactionalProducer): Promise<string> {
  const request = { transactionalId, producerId, producerEpoch, groupId: "g" };
  for (;;) {
    const { errorCode } = await client.ask(AddOffsetsToTxn, 3, request);
    if (nameOf(errorCode) !== "CONCURRENT_TRANSACTIONS") return nameOf(errorCode);
  }
}

describe.each([
  { speaks: 2, version: 5 },
  { speaks: 0, version: 3 },
  { speaks: 0, version: 0 },
] as const)("offsets in a transaction (TxnOffsetCommit $version)", ({ speaks, version }) => {
  const begin = async () => {
    const broker = await start();
    const client = broker.connect();
    for (const name of ["in", "out"]) await createTopic(client, name);
    const producer = await transactionalProducer(client, "x", { speaks });
    const send = async (offset: number) => {
      if (speaks === 0) expect(await addOffsets(client, producer)).toBe("NONE");
      expect(await txnCommit(client, producer, offset, { version })).toBe("NONE");
    };
    return { broker, client, producer, send };
  };

  it("count once it is committed", async () => {
    const { client, producer, send } = await begin();
    await send(7);
    expect([await committed(client, "g", "in"), await stable(client, "g", "in")]).toEqual([-1, "UNSTABLE_OFFSET_COMMIT"]);
    expect(await producer.commit()).toBe("NONE");
    await stateOf(client, "x", "CompleteCommit");
    expect([await committed(client, "g", "in"), await stable(client, "g", "in")]).toEqual([7, 7]);
  });

  it("never count when it is aborted", async () => {
    const { client, producer, send } = await begin();
    expect(await commit(client, "g", "in", 3)).toBe("NONE");
    await send(7);
    expect(await stable(client, "g", "in")).toBe("UNSTABLE_OFFSET_COMMIT");
    expect(await producer.abort()).toBe("NONE");
    await stateOf(client, "x", "CompleteAbort");
    expect([await committed(client, "g", "in"), await stable(client, "g", "in")]).toEqual([3, 3]);
  });

  it("go with what is written, transaction after transaction", async () => {
    const { client, producer, send } = await begin();
    for (let round = 1; round <= 5; round++) {
      if (speaks === 0) expect(await producer.add("out")).toBe("NONE");
      expect(await producer.write("out", [`r${round}`])).toBe("NONE");
      await send(round);
      expect(await (round % 2 ? producer.commit() : producer.abort())).toBe("NONE");
    }
    await stateOf(client, "x", "CompleteCommit");
    expect(await stable(client, "g", "in")).toBe(5);
  });

  it("are not taken from a producer that was fenced", async () => {
    const { client, producer, send } = await begin();
    await send(7);
    await initTransactions(client, "x");
    await stateOf(client, "x", "CompleteAbort");
    expect(await txnCommit(client, producer, 8, { version })).toBe("INVALID_PRODUCER_EPOCH");
    expect(await stable(client, "g", "in")).toBe(-1);
  });
});

describe("offsets of a transaction that does not include them", () => {
  it.each([
    [4, "TRANSACTION_ABORTABLE"],
    [3, "INVALID_TXN_STATE"],
    [0, "INVALID_TXN_STATE"],
  ])("are refused by version %i with %s", async (version, error) => {
    const client = (await start()).connect();
    await createTopic(client, "in");
    const producer = await transactionalProducer(client, "x", { speaks: 0 });
    expect(await txnCommit(client, producer, 7, { version })).toBe(error);
    expect(await committed(client, "g", "in")).toBe(-1);
  });

  it("are refused of strangers, of groups without a name, of topics that are not there, of members that are none", async () => {
    const client = (await start()).connect();
    await createTopic(client, "in");
    const producer = await transactionalProducer(client, "x");
    const stranger = { ...producer, transactionalId: "y" };
    expect(await txnCommit(client, stranger, 7)).toBe("INVALID_PRODUCER_ID_MAPPING");
    expect(await txnCommit(client, producer, 7, { groupId: "" })).toBe("INVALID_GROUP_ID");
    expect(await txnCommit(client, producer, 7, { topic: "absent" })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(await txnCommit(client, producer, 7, { generationId: 3, memberId: "a" })).toBe("ILLEGAL_GENERATION");
  });
});

describe("after a kill", () => {
  it("open transactions are open, ended ones ended, as the log says", async () => {
    const [disk, medium] = [memoryDisk(), memoryMedium()];
    const client = (await testBroker({ disk, medium })).connect();
    await createTopic(client, "in");
    const names = ["open", "committed", "aborted"] as const;
    for (const name of names) {
      const producer = await transactionalProducer(client, name);
      expect(await txnCommit(client, producer, 7, { groupId: name })).toBe("NONE");
      if (name === "open") continue;
      await (name === "committed" ? producer.commit() : producer.abort());
      await stateOf(client, name, name === "committed" ? "CompleteCommit" : "CompleteAbort");
    }
    const after = (await start({ disk: disk.restarted(), medium })).connect();
    const offsets = [];
    for (const name of names) offsets.push(await stable(after, name, "in"));
    expect(offsets).toEqual(["UNSTABLE_OFFSET_COMMIT", 7, -1]);
    await initTransactions(after, "open");
    await stateOf(after, "open", "CompleteAbort");
    expect(await stable(after, "open", "in")).toBe(-1);
  });
});

it("writes them as Kafka does: a batch of the transaction, and a marker", async () => {
  const client = (await start()).connect();
  await createTopic(client, "in");
  const producer = await transactionalProducer(client, "x");
  const { producerId, producerEpoch } = producer;
  expect(await txnCommit(client, producer, 7)).toBe("NONE");
  expect(await producer.commit()).toBe("NONE");
  await stateOf(client, "x", "CompleteCommit");
  const bytes = (await fetchFrom(client, "__consumer_offsets", 0, groupPartition("g", 50))).records ?? new Uint8Array();
  const written = [...batches(bytes)].map((at) => readBatchHeader(bytes, at));
  expect(written).toMatchObject([
    { producerId, producerEpoch, baseSequence: 0, transactional: true, control: false, recordCount: 1 },
    { producerId, producerEpoch: producerEpoch + 1, transactional: true, control: true },
  ]);
  const [, marker = -1] = batches(bytes);
  expect([...records(bytes, marker)].map(controlType)).toEqual(["COMMIT"]);
});
