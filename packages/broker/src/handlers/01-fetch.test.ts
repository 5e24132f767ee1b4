import { Fetch, type RequestInput, type ResponseOf } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { testBroker } from "../testing/test-broker.js";
import type { TestClient } from "../testing/test-client.js";
import { batchOf, createTopic, fetchFrom, headersIn, nameOf, produce, valuesIn } from "../testing/topics.js";

const FOR_EVER_MS = 2 ** 31 - 1;
const MIB = 1024 * 1024;

const { broker, client } = await brokerOfFile();
const topicId = await createTopic(client, "t", { partitions: 3 });
for (const value of ["a", "b", "c"]) await produce(client, "t", batchOf([value.repeat(1_000)]));

type Asked = RequestInput<typeof Fetch>;
type AskedPartition = Asked["topics"][number]["partitions"][number];

/** Asks for partition 0 of "t" from its start, unless told otherwise. */
async function fetch(request: Partial<Asked> = {}, partition: Partial<AskedPartition> = {}, version = 12, from = client) {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: MIB, ...partition }];
  return from.ask(Fetch, version, { maxWaitMs: 0, minBytes: 1, topics: [{ topic: "t", partitions }], ...request });
}

const told = ({ responses }: ResponseOf<typeof Fetch>) =>
  responses.flatMap(({ topic, partitions }) =>
    partitions.map((p) => `${topic}/${p.partitionIndex} ${nameOf(p.errorCode)} ${valuesIn(p.records).map((value) => value[0])}`),
  );

describe("Fetch", () => {
  it("gives whole batches from the one that holds the offset", async () => {
    expect(told(await fetch({}, { fetchOffset: 1 }))).toEqual(["t/0 NONE b,c"]);
    expect(told(await fetch({}, { fetchOffset: 3 }))).toEqual(["t/0 NONE "]);
    expect(told(await fetch({}, { fetchOffset: 1 }, 4))).toEqual(["t/0 NONE b,c"]);
  });

  it("keeps to the limits of the partition and of the request, but gives one batch at least", async () => {
    const [size = 0] = headersIn((await fetchFrom(client, "t", 0)).records).map(({ sizeBytes }) => sizeBytes);
    expect(told(await fetch({}, { partitionMaxBytes: 2 * size }))).toEqual(["t/0 NONE a,b"]);
    expect(told(await fetch({ maxBytes: 2 * size - 1 }))).toEqual(["t/0 NONE a"]);
    expect(told(await fetch({}, { partitionMaxBytes: 1 }))).toEqual(["t/0 NONE a"]);
    expect(told(await fetch({ maxBytes: 0 }, { partitionMaxBytes: 0 }))).toEqual(["t/0 NONE a"]);
  });

  it("gives the one batch to the first partition that has one", async () => {
    await produce(client, "t", batchOf(["z"]), { partition: 2 });
    const partitions = [1, 2, 0].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1 }));
    expect(told(await fetch({ maxBytes: 1, topics: [{ topic: "t", partitions }] }))).toEqual(["t/1 NONE ", "t/2 NONE z", "t/0 NONE "]);
  });

  it("says why a partition cannot be read", async () => {
    const errorOf = async (partition: Partial<AskedPartition>) => told(await fetch({}, partition))[0]?.split(" ")[1];
    expect(await errorOf({ fetchOffset: -1 })).toBe("OFFSET_OUT_OF_RANGE");
    expect(await errorOf({ fetchOffset: 4 })).toBe("OFFSET_OUT_OF_RANGE");
    expect(await errorOf({ fetchOffset: 2 ** 53 - 1 })).toBe("OFFSET_OUT_OF_RANGE");
    expect(await errorOf({ partition: 9 })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(await errorOf({ partition: -1 })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(await errorOf({ currentLeaderEpoch: 9 })).toBe("UNKNOWN_LEADER_EPOCH");
    expect(await errorOf({ lastFetchedEpoch: 9 })).toBe("OFFSET_OUT_OF_RANGE");
    expect(told(await fetch({ topics: [{ topic: "no", partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 }] }] }))).toEqual([
      "no/0 UNKNOWN_TOPIC_OR_PARTITION ",
    ]);
  });

  it("tells a client whose log went another way where its epoch ended", async () => {
    const { responses } = await fetch({}, { lastFetchedEpoch: 0, fetchOffset: 50 });
    expect(responses[0]?.partitions[0]).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: 0, endOffset: 3 } });
    expect(told(await fetch({}, { lastFetchedEpoch: 0, fetchOffset: 2 }))).toEqual(["t/0 NONE c"]);
  });

  it("knows topics by id, and answers by id", async () => {
    const byId = async (id: string) => {
      const partitions = [{ partition: 0, fetchOffset: 2, partitionMaxBytes: MIB }];
      const { responses } = await fetch({ topics: [{ topicId: id, partitions }] }, {}, 13);
      return responses.map((topic) => [topic.topicId, nameOf(topic.partitions[0]?.errorCode ?? 0)]);
    };
    expect(await byId(topicId)).toEqual([[topicId, "NONE"]]);
    expect(await byId("AAAAAAAAAAAAAAAAAAAAAQ")).toEqual([["AAAAAAAAAAAAAAAAAAAAAQ", "UNKNOWN_TOPIC_ID"]]);
  });

  it("names no aborted transactions to those who read committed records, and none at all to others", async () => {
    const aborted = async (isolationLevel: number) => (await fetch({ isolationLevel })).responses[0]?.partitions[0]?.abortedTransactions;
    expect([await aborted(0), await aborted(1)]).toEqual([null, []]);
  });

  it("serves a partition asked for twice once, as it was asked last", async () => {
    const partitions = [0, 2].map((fetchOffset) => ({ partition: 0, fetchOffset, partitionMaxBytes: MIB }));
    expect(told(await fetch({ topics: [{ topic: "t", partitions }] }))).toEqual(["t/0 NONE c"]);
  });
});

describe("a fetch that waits", () => {
  it("is answered by the append that brings enough", async () => {
    await createTopic(client, "poll");
    const reader = broker.connect();
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: MIB }];
    const size = batchOf(["x".repeat(100)]).length;
    const asked = fetch({ maxWaitMs: FOR_EVER_MS, minBytes: size + 1, topics: [{ topic: "poll", partitions }] }, {}, 12, reader);
    let answered = false;
    void asked.then(() => {
      answered = true;
    });
    await produce(client, "poll", batchOf(["x".repeat(100)]));
    await fetchFrom(client, "poll", 0);
    expect(answered).toBe(false);
    await produce(client, "poll", batchOf(["y".repeat(100)]));
    expect(told(await asked)).toEqual(["poll/0 NONE x,y"]);
  });

  it("is answered when its time is up", async () => {
    expect(told(await fetch({ maxWaitMs: 5 }, { fetchOffset: 3 }))).toEqual(["t/0 NONE "]);
    expect(told(await fetch({ maxWaitMs: 5, minBytes: FOR_EVER_MS }))).toEqual(["t/0 NONE a,b,c"]);
  });

  it("does not wait with an error to tell", async () => {
    expect(told(await fetch({ maxWaitMs: FOR_EVER_MS, minBytes: MIB }, { fetchOffset: 4 }))).toEqual(["t/0 OFFSET_OUT_OF_RANGE "]);
  });

  it("waits for no more than it may get", async () => {
    const wanted = { maxWaitMs: FOR_EVER_MS, minBytes: FOR_EVER_MS, maxBytes: 500 };
    expect(told(await fetch(wanted))).toEqual(["t/0 NONE a"]);
  });

  it("ends with its client, and with the broker", async () => {
    const other = await testBroker();
    const creator = other.connect();
    await createTopic(creator, "t");
    const waiting = () => Array.from({ length: 20 }, () => ({ reader: other.connect() }));
    const first = waiting();
    const ask = (reader: TestClient) => fetch({ maxWaitMs: FOR_EVER_MS }, {}, 12, reader);
    const asked = first.map(({ reader }) => expect(ask(reader)).rejects.toThrow("closed"));
    await fetchFrom(creator, "t", 0);
    for (const { reader } of first) reader.close();
    await Promise.all(asked);
    // One for each that went, and those of the creator, which come after them.
    await fetchFrom(creator, "t", 0);
    expect(other.metric('moldau_requests_total{api="Fetch"}')).toBe(first.length + 2);
    const last = waiting().map(({ reader }) => ask(reader));
    await fetchFrom(creator, "t", 0);
    await other.running.stop({ drainMs: FOR_EVER_MS });
    expect((await Promise.all(last)).map(told)).toEqual(last.map(() => ["t/0 NONE "]));
    expect(other.metric("moldau_answer_memory_bytes")).toBe(0);
  });
});

describe("a fetch session", () => {
  const both = [0, 2].map((partition) => ({ partition, fetchOffset: partition === 0 ? 3 : 1, partitionMaxBytes: MIB }));
  const open = async () => (await fetch({ sessionId: 0, sessionEpoch: 0, topics: [{ topic: "t", partitions: both }] })).sessionId;
  const next = (sessionId: number, sessionEpoch: number, changes: Partial<Asked> = {}) =>
    fetch({ sessionId, sessionEpoch, topics: [], ...changes });

  it("is told only of what changed", async () => {
    const id = await open();
    expect(id).toBeGreaterThan(0);
    expect(told(await next(id, 1))).toEqual([]);
    await produce(client, "t", batchOf(["d"]));
    expect(told(await next(id, 2))).toEqual(["t/0 NONE d"]);
    const onward = [{ partition: 0, fetchOffset: 4, partitionMaxBytes: MIB }];
    expect(told(await next(id, 3, { topics: [{ topic: "t", partitions: onward }] }))).toEqual([]);
    await produce(client, "t", batchOf(["e"]));
    const forgotten = [{ topic: "t", partitions: [0] }];
    expect(told(await next(id, 4, { forgottenTopicsData: forgotten }))).toEqual([]);
  });

  it("ends by its client's word, and is not found then", async () => {
    const id = await open();
    expect((await next(id, 7)).errorCode).toBe(71);
    expect(nameOf((await next(id, 7)).errorCode)).toBe("INVALID_FETCH_SESSION_EPOCH");
    expect((await next(id, -1)).sessionId).toBe(0);
    expect(nameOf((await next(id, 1)).errorCode)).toBe("FETCH_SESSION_ID_NOT_FOUND");
  });

  it("names topics by ids or by names, not both", async () => {
    const id = await open();
    const topics: Asked["topics"] = [];
    const { errorCode } = await client.ask(Fetch, 13, { maxWaitMs: 0, minBytes: 1, sessionId: id, sessionEpoch: 1, topics });
    expect(nameOf(errorCode)).toBe("FETCH_SESSION_TOPIC_ID_ERROR");
  });
});
