// Transactions: all of it or nothing, and one producer at a time. On a broker in this process, or on what MOLDAU_TEST_BOOTSTRAP names.
import { type Client, ClientError, createClient } from "@moldau/client";
import { errorByCode, OffsetFetch } from "@moldau/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { recordsOf } from "./records-of.js";
import { suiteBroker } from "./suite-broker.js";

/** Later versions of OffsetFetch ask for several groups. */
const LAST_OF_ONE_GROUP = 7;
const broker = suiteBroker();
let client: Client | undefined;
afterEach(() => client?.close());
const open = () => {
  client ??= createClient({ bootstrap: broker.bootstrap() });
  return client;
};
afterEach(() => {
  client = undefined;
});
const committed = async (topic: string) => (await recordsOf(broker.bootstrap(), topic, "committed")).map(({ value }) => value);
const transactional = () => open().producer({ transactionalId: broker.topicName("id"), transactionTimeoutMs: 30_000 });

describe("a transaction", () => {
  it("is read when it is committed, and not when it is aborted", async () => {
    const topic = broker.topicName("paid");
    await using producer = transactional();
    const result = await producer.transaction(async (tx) => {
      const sent = await tx.sendAll([
        { topic, value: "a" },
        { topic, value: "b" },
      ]);
      return sent.length;
    });
    expect(result).toBe(2);
    await expect(
      producer.transaction(async (tx) => {
        await tx.send({ topic, value: "never" });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await producer.transaction((tx) => tx.send({ topic, value: "c" }));
    expect(await committed(topic)).toEqual(["a", "b", "c"]);
  });

  it("goes by hand, with records that nobody waits for", async () => {
    const topic = broker.topicName("by-hand");
    await using producer = transactional();
    const first = await producer.begin();
    for (let i = 0; i < 100; i++) expect(first.enqueue({ topic, key: `${i}`, value: `${i}` })).toBe(true);
    await first.commit();
    const second = await producer.begin();
    second.enqueue({ topic, value: "dropped" });
    await second.abort();
    expect(await committed(topic)).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    await expect(second.send({ topic, value: "late" })).rejects.toMatchObject({ code: "INVALID_TXN_STATE" });
    await expect(producer.send({ topic, value: "outside" })).rejects.toMatchObject({ code: "INVALID_TXN_STATE" });
  });

  it("may be empty", async () => {
    await using producer = transactional();
    await producer.transaction(async () => {});
    await (await producer.begin()).abort();
    await producer.transaction(async () => {});
  });

  it("is one at a time", async () => {
    await using producer = transactional();
    const [tx, second] = await Promise.allSettled([producer.begin(), producer.begin()]);
    expect(second).toMatchObject({ status: "rejected", reason: { code: "INVALID_TXN_STATE" } });
    if (tx.status === "rejected") throw tx.reason;
    await expect(producer.begin()).rejects.toMatchObject({ code: "INVALID_TXN_STATE" });
    await tx.value.commit();
  });

  it("holds many partitions and thousands of records, again and again", async () => {
    const topic = broker.topicName("large");
    await using producer = transactional();
    for (let round = 0; round < 5; round++) {
      await producer.transaction(async (tx) => {
        await tx.sendAll(Array.from({ length: 2000 }, (_, i) => ({ topic, key: `${i}`, value: `${round}-${i}` })));
      });
    }
    expect(await committed(topic)).toHaveLength(10_000);
  });
});

describe("offsets in a transaction", () => {
  const committedOffset = async (groupId: string, topic: string): Promise<number | undefined> => {
    const { cluster } = open();
    const topics = [{ name: topic, partitionIndexes: [0] }];
    return cluster.retrying({ withinMs: 5000 }, async () => {
      const request = { groupId, topics, requireStable: true };
      const answer = await cluster.askCoordinator("group", groupId, OffsetFetch, request, { maxVersion: LAST_OF_ONE_GROUP });
      const { errorCode = 0, committedOffset } = answer.topics[0]?.partitions[0] ?? {};
      // A transaction that is over is so for its offsets only after a moment.
      if (errorCode !== 0) throw new ClientError(errorByCode(errorCode).name, "offsets are not stable", { retriable: true });
      return committedOffset;
    });
  };

  it("count when it is committed", async () => {
    const topic = broker.topicName("read");
    const groupId = broker.topicName("group");
    await using producer = transactional();
    await producer.transaction(async (tx) => {
      await tx.send({ topic, value: "x" });
      await tx.commitOffsets(groupId, [{ topic, partition: 0, offset: 17 }]);
    });
    expect(await committedOffset(groupId, topic)).toBe(17);
    const tx = await producer.begin();
    await tx.commitOffsets({ groupId }, [{ topic, partition: 0, offset: 18 }]);
    await tx.abort();
    expect(await committedOffset(groupId, topic)).toBe(17);
  });

  it("of a member that the group does not know must be aborted, and the producer goes on", async () => {
    const topic = broker.topicName("read");
    const groupId = broker.topicName("group");
    await using producer = transactional();
    const work = producer.transaction(async (tx) => {
      await tx.send({ topic, value: "lost" });
      await tx.commitOffsets({ groupId, memberId: "nobody", generationId: 3 }, [{ topic, partition: 0, offset: 1 }]);
    });
    await expect(work).rejects.toMatchObject({ topic, partition: 0, code: expect.stringMatching(/UNKNOWN_MEMBER_ID|ILLEGAL_GENERATION/) });
    await producer.transaction((tx) => tx.send({ topic, value: "kept" }));
    expect(await committed(topic)).toEqual(["kept"]);
  });
});

describe("fencing", () => {
  it("ends the older producer of an id, and says so", async () => {
    const topic = broker.topicName("fenced");
    const transactionalId = broker.topicName("id");
    await using older = open().producer({ transactionalId });
    await using newer = open().producer({ transactionalId });
    const tx = await older.begin();
    await tx.send({ topic, value: "old" });
    await newer.transaction((mine) => mine.send({ topic, value: "new" }));
    await expect(tx.commit()).rejects.toMatchObject({
      code: expect.stringMatching(/PRODUCER_FENCED|INVALID_PRODUCER_EPOCH/),
      message: expect.stringContaining(`another producer uses the transactional id "${transactionalId}"`),
      retriable: false,
    });
    await expect(older.begin()).rejects.toMatchObject({ message: expect.stringContaining("make a new producer") });
    expect(await committed(topic)).toEqual(["new"]);
  });
});
