import { setTimeout } from "node:timers/promises";
import { DiskError, memoryDisk } from "@moldau/env";
import { Produce } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { testBroker } from "../testing/test-broker.js";
import { batchOf, createTopic, fetchFrom, headersIn, nameOf, produce, TIMESTAMP, valuesIn } from "../testing/topics.js";

const { broker, client } = await brokerOfFile();

const idempotent = (baseSequence: number, values = ["a"], producerEpoch = 0) =>
  batchOf(values, { producerId: 7_000, producerEpoch, baseSequence });

/** What a produce comes to, as "ERROR" or the base offset. */
async function outcome(topic: string, batch: Uint8Array | null, options = {}): Promise<string | number> {
  const { errorCode, baseOffset } = await produce(client, topic, batch, options);
  return errorCode === 0 ? baseOffset : nameOf(errorCode);
}

describe("Produce", () => {
  it("stores batches one after another, with any acks", async () => {
    await createTopic(client, "plain");
    expect(await outcome("plain", batchOf(["a", "b"]))).toBe(0);
    expect(await outcome("plain", batchOf(["c"]), { acks: 1 })).toBe(2);
    expect(await outcome("plain", batchOf(["d"]), { version: 3 })).toBe(3);
    const { records, highWatermark } = await fetchFrom(client, "plain", 0);
    expect({ values: valuesIn(records), highWatermark }).toEqual({ values: ["a", "b", "c", "d"], highWatermark: 4 });
    expect(headersIn(records).map(({ baseOffset, leaderEpoch }) => [baseOffset, leaderEpoch])).toEqual([
      [0, 0],
      [2, 0],
      [3, 0],
    ]);
  });

  it("answers each partition by itself", async () => {
    await createTopic(client, "two", { partitions: 2 });
    const { responses } = await client.ask(Produce, 12, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 1_000,
      topicData: [
        { name: "two", partitionData: [1, 7, -1, 0].map((index) => ({ index, records: batchOf(["a"]) })) },
        { name: "absent", partitionData: [{ index: 0, records: batchOf(["a"]) }] },
      ],
    });
    const told = responses.map(({ name, partitionResponses }) => [name, partitionResponses.map((p) => [p.index, nameOf(p.errorCode)])]);
    expect(told).toEqual([
      [
        "two",
        [
          [1, "NONE"],
          [7, "UNKNOWN_TOPIC_OR_PARTITION"],
          [-1, "UNKNOWN_TOPIC_OR_PARTITION"],
          [0, "NONE"],
        ],
      ],
      ["absent", [[0, "UNKNOWN_TOPIC_OR_PARTITION"]]],
    ]);
  });

  it("knows topics by id", async () => {
    const topicId = await createTopic(client, "ids");
    const by = async (id: string) => {
      const topicData = [{ topicId: id, partitionData: [{ index: 0, records: batchOf(["a"]) }] }];
      const { responses } = await client.ask(Produce, 13, { transactionalId: null, acks: -1, timeoutMs: 1_000, topicData });
      return responses.map((topic) => [topic.topicId, nameOf(topic.partitionResponses[0]?.errorCode ?? 0)]);
    };
    expect(await by(topicId)).toEqual([[topicId, "NONE"]]);
    expect(await by("AAAAAAAAAAAAAAAAAAAAAQ")).toEqual([["AAAAAAAAAAAAAAAAAAAAAQ", "UNKNOWN_TOPIC_ID"]]);
  });

  it("refuses what is no sound batch, and says why", async () => {
    await createTopic(client, "sound");
    const damaged = Buffer.from(batchOf(["a"]));
    damaged[20] = (damaged[20] ?? 0) ^ 1;
    const batch = batchOf(["a"]);
    expect(await outcome("sound", damaged)).toBe("CORRUPT_MESSAGE");
    expect(await outcome("sound", batch.subarray(0, 40))).toBe("INVALID_RECORD");
    expect(await outcome("sound", Buffer.concat([batch, batch]))).toBe("INVALID_RECORD");
    expect(await outcome("sound", null)).toBe("INVALID_RECORD");
    expect(await outcome("sound", Buffer.alloc(0))).toBe("INVALID_RECORD");
    expect(await outcome("sound", batchOf(["a"], { control: true }))).toBe("INVALID_RECORD");
    expect(await outcome("sound", batch, { acks: 5 })).toBe("INVALID_REQUIRED_ACKS");
    expect(await outcome("sound", batchOf(["a"], { compression: "zstd" }), { version: 6 })).toBe("UNSUPPORTED_COMPRESSION_TYPE");
    expect((await produce(client, "sound", damaged)).errorMessage).toContain("crc32c");
    expect((await fetchFrom(client, "sound", 0)).highWatermark).toBe(0);
  });

  it("takes batches up to max.message.bytes", async () => {
    await createTopic(client, "small", { configs: { "max.message.bytes": "1000" } });
    expect(await outcome("small", batchOf(["x".repeat(1_000)]))).toBe("MESSAGE_TOO_LARGE");
    expect(await outcome("small", batchOf(["x".repeat(900)]))).toBe(0);
  });

  it("stamps records itself with message.timestamp.type=LogAppendTime, and tells a duplicate the first stamp", async () => {
    await createTopic(client, "stamped", { configs: { "message.timestamp.type": "LogAppendTime" } });
    const first = await produce(client, "stamped", idempotent(0));
    expect(first.logAppendTimeMs).toBeGreaterThan(TIMESTAMP);
    const [header] = headersIn((await fetchFrom(client, "stamped", 0)).records);
    expect(header).toMatchObject({ timestampType: "LogAppendTime", maxTimestamp: first.logAppendTimeMs });
    expect(await produce(client, "stamped", idempotent(0))).toMatchObject({ baseOffset: 0, logAppendTimeMs: first.logAppendTimeMs });
  });

  it("refuses records whose time is too far off, each by name", async () => {
    await createTopic(client, "timely", { configs: { "message.timestamp.before.max.ms": "1000" } });
    const { errorCode, recordErrors } = await produce(client, "timely", batchOf(["a", "b"]));
    expect(nameOf(errorCode)).toBe("INVALID_TIMESTAMP");
    expect(recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([0, 1]);
  });

  it("stores in the topic's compression", async () => {
    await createTopic(client, "gzipped", { configs: { "compression.type": "gzip" } });
    await produce(client, "gzipped", batchOf(["a".repeat(100)], { compression: "snappy" }));
    await produce(client, "gzipped", batchOf(["b".repeat(100)], { compression: "gzip" }));
    const { records } = await fetchFrom(client, "gzipped", 0);
    expect(headersIn(records).map(({ compression }) => compression)).toEqual(["gzip", "gzip"]);
    expect(valuesIn(records)).toEqual(["a".repeat(100), "b".repeat(100)]);
  });

  it.each(["compact", "compact,delete"])("refuses records without a key where cleanup.policy is %s, compressed or not", async (policy) => {
    const topic = `policy-${policy.replace(",", "-")}`;
    await createTopic(client, topic, { configs: { "cleanup.policy": policy } });
    const timestamp = TIMESTAMP;
    const [keyed, keyless] = [
      { key: Buffer.from("k"), value: Buffer.from("v"), timestamp },
      { value: Buffer.from("v"), timestamp },
    ];
    for (const compression of ["none", "gzip", "zstd"] as const) {
      const refused = await produce(client, topic, batchOf([], { records: [keyed, keyless, keyed, keyless], compression }));
      expect([nameOf(refused.errorCode), refused.recordErrors.map(({ batchIndex }) => batchIndex)]).toEqual(["INVALID_RECORD", [1, 3]]);
    }
    expect(await outcome(topic, batchOf([], { records: [{ key: Buffer.from(""), value: null, timestamp }, keyed] }))).toBe(0);
    expect((await fetchFrom(client, topic, 0)).highWatermark).toBe(2);
  });

  it("answers a batch sent twice with the first offset, and refuses sequences that leave a gap", async () => {
    await createTopic(client, "once");
    expect(await outcome("once", idempotent(0, ["a", "b"]))).toBe(0);
    expect(await outcome("once", idempotent(2))).toBe(2);
    expect(await outcome("once", idempotent(0, ["a", "b"]))).toBe(0);
    expect(await outcome("once", idempotent(2))).toBe(2);
    expect(await outcome("once", idempotent(9))).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    expect(await outcome("once", idempotent(3, ["d"], 1))).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    expect(await outcome("once", idempotent(0, ["d"], 1))).toBe(3);
    expect(await outcome("once", idempotent(3))).toBe("INVALID_PRODUCER_EPOCH");
    expect(valuesIn((await fetchFrom(client, "once", 0)).records)).toEqual(["a", "b", "a", "d"]);
  });

  it("does not answer acks=0, and closes the connection when it fails", async () => {
    await createTopic(client, "quiet");
    const quiet = broker.connect();
    const tell = (topic: string) => {
      const topicData = [{ name: topic, partitionData: [{ index: 0, records: batchOf(["a"]) }] }];
      quiet.tell(Produce, 12, { transactionalId: null, acks: 0, timeoutMs: 1_000, topicData });
    };
    tell("quiet");
    expect((await fetchFrom(quiet, "quiet", 0)).errorCode).toBe(0);
    tell("absent");
    await quiet.closed;
    expect(broker.log.at(-1)).toMatchObject({ message: "connection closed", fields: { reason: expect.stringContaining("acks=0") } });
  });

  it("takes no batch of a transaction without a transactional id", async () => {
    await createTopic(client, "txn");
    const batch = batchOf(["a"], { producerId: 1, producerEpoch: 0, baseSequence: 0, transactional: true });
    expect(await outcome("txn", batch)).toBe("TRANSACTIONAL_ID_AUTHORIZATION_FAILED");
  });
});

describe("an acknowledgement", () => {
  it("waits for the disk, for a duplicate as for the first", async () => {
    let letWrite = () => {};
    const written = new Promise<void>((resolve) => {
      letWrite = resolve;
    });
    let began = () => {};
    const writing = new Promise<void>((resolve) => {
      began = resolve;
    });
    const disk = memoryDisk();
    const slow = await testBroker({ disk });
    const producer = slow.connect();
    await createTopic(producer, "slow");
    await produce(producer, "slow", batchOf(["first"]));
    disk.options.beforeWrite = (path) => {
      if (!path.includes("journal")) return;
      began();
      return written;
    };
    const answered: string[] = [];
    const first = produce(producer, "slow", idempotent(0)).then(({ baseOffset }) => answered.push(`first ${baseOffset}`));
    await writing;
    const again = slow.connect();
    const duplicate = produce(again, "slow", idempotent(0)).then(({ baseOffset }) => answered.push(`again ${baseOffset}`));
    // A reader sees nothing of it, and its answer comes after the two requests were taken in.
    expect((await fetchFrom(slow.connect(), "slow", 0)).highWatermark).toBe(1);
    expect((await fetchFrom(slow.connect(), "slow", 0)).highWatermark).toBe(1);
    expect(answered).toEqual([]);
    letWrite();
    await Promise.all([first, duplicate]);
    expect(answered.sort()).toEqual(["again 1", "first 1"]);
    await slow.stop();
  });

  it("is refused, and can be tried again, when the disk fails", async () => {
    const disk = memoryDisk();
    const failing = await testBroker({ disk, limits: { patienceMs: 50 } });
    const producer = failing.connect();
    await createTopic(producer, "full");
    expect((await produce(producer, "full", idempotent(0))).errorCode).toBe(0);
    disk.options.beforeWrite = (path) => {
      throw new DiskError("ENOSPC", path, "no space left");
    };
    expect(nameOf((await produce(producer, "full", idempotent(1))).errorCode)).toBe("KAFKA_STORAGE_ERROR");
    expect(valuesIn((await fetchFrom(producer, "full", 0)).records)).toEqual(["a"]);
    delete disk.options.beforeWrite;
    const answers: string[] = [];
    // As clients do: with pauses, for a journal that found no space looks for some once a second.
    for (let tries = 0; tries < 100 && !answers.includes("NONE"); tries++) {
      await setTimeout(tries === 0 ? 0 : 50);
      answers.push(nameOf((await produce(producer, "full", idempotent(1))).errorCode));
    }
    expect(answers.at(-1)).toBe("NONE");
    expect((await fetchFrom(producer, "full", 0)).highWatermark).toBe(2);
    await failing.stop();
  });
});
