// Compacted topics as clients see them: offsets stay, of each key the newest record, also after restarts and with retention beside it.
import { memoryDisk } from "@moldau/env";
import { DeleteRecords, IncrementalAlterConfigs, ListOffsets, OffsetForLeaderEpoch } from "@moldau/protocol";
import { batches, batchLastOffset, buildBatch, records } from "@moldau/records";
import { memoryMedium } from "@moldau/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { committedRecords } from "../testing/committed-records.js";
import { type ManualTime, manualTime } from "../testing/manual-time.js";
import type { TestBroker } from "../testing/test-broker.js";
import type { TestClient } from "../testing/test-client.js";
import { createTopic, fetchFrom, headersIn, nameOf, produce } from "../testing/topics.js";
import { fetchCommitted, transactionalProducer } from "../testing/transactions.js";

const BACKOFF_MS = 1_000;
const KIB = 1024;
const limits = { consolidateBytes: 64 * KIB, roundBytes: 32 * KIB, roundLoadedBytes: 32 * KIB, ownSegmentBytes: 8 * KIB };
/** Whatever is written is compacted at the next look. */
const EAGER = { "cleanup.policy": "compact", "segment.ms": "1", "min.cleanable.dirty.ratio": "0", "delete.retention.ms": "0" };

let time: ManualTime;
let disk: ReturnType<typeof memoryDisk>;
let medium: ReturnType<typeof memoryMedium>;
let broker: TestBroker;
let client: TestClient;

const started = brokersOfTests();
const start = async (properties: Readonly<Record<string, string>> = {}) => {
  const { clock, timers } = time;
  const always = { "log.cleaner.backoff.ms": String(BACKOFF_MS), "log.retention.check.interval.ms": String(BACKOFF_MS) };
  broker = await started({ disk, medium, clock, timers, limits, properties: { ...always, ...properties } });
  client = broker.connect();
};
const restart = async () => {
  await broker.stop();
  disk = disk.restarted();
  await start();
};

beforeEach(() => {
  time = manualTime();
  disk = memoryDisk();
  medium = memoryMedium();
});

/** Lets time pass until compaction finds nothing to do any more. */
async function compact(): Promise<void> {
  const before = broker.metric("moldau_compaction_looks_total");
  await time.advance(BACKOFF_MS);
  await expect.poll(() => broker.metric("moldau_compaction_looks_total"), { interval: 2 }).toBeGreaterThan(before);
}

async function write(
  topic: string,
  entries: readonly (readonly [key: string, value: string | null])[],
  timestamp: number = time.clock.now(),
): Promise<void> {
  const keyed = entries.map(([key, value]) => ({ key: Buffer.from(key), value: value === null ? null : Buffer.from(value), timestamp }));
  const { errorCode } = await produce(client, topic, buildBatch({ records: keyed }));
  expect(nameOf(errorCode)).toBe("NONE");
}

/** All that a consumer reads, as "offset key=value", and where it arrives. */
async function readAll(topic: string): Promise<{ readonly records: string[]; readonly end: number }> {
  const all: string[] = [];
  for (let from = 0; ; ) {
    const { records: bytes, errorCode } = await fetchFrom(client, topic, from);
    if (nameOf(errorCode) !== "NONE") throw new Error(nameOf(errorCode));
    if (!bytes || bytes.length === 0) return { records: all, end: from };
    for (const at of batches(bytes)) {
      for (const { offset, key, value } of records(bytes, at))
        all.push(`${offset} ${key && Buffer.from(key)}=${value && Buffer.from(value)}`);
      from = batchLastOffset(bytes, at) + 1;
    }
  }
}

const bounds = async (topic: string) => {
  const ends = [];
  for (const timestamp of [-2, -1]) {
    const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }] };
    ends.push((await client.ask(ListOffsets, 7, request)).topics[0]?.partitions[0]?.offset);
  }
  return ends;
};

const alter = (topic: string, name: string, value: string) =>
  client.ask(IncrementalAlterConfigs, 1, {
    resources: [{ resourceType: 2, resourceName: topic, configs: [{ name, configOperation: 0, value }] }],
    validateOnly: false,
  });

describe("a compacted topic", () => {
  it("keeps the newest record of each key where it was, and who reads it arrives at its end", async () => {
    await start();
    await createTopic(client, "t", { configs: EAGER });
    await write("t", [
      ["a", "1"],
      ["b", "1"],
      ["a", "2"],
    ]);
    await write("t", [
      ["c", "1"],
      ["b", null],
    ]);
    await write("t", [["z", "1"]]);
    await compact();
    expect(await readAll("t")).toEqual({ records: ["2 a=2", "3 c=1", "4 b=null", "5 z=1"], end: 6 });
    await time.advance(10);
    await write("t", [["z", "2"]]);
    await compact();
    expect(await readAll("t")).toEqual({ records: ["2 a=2", "3 c=1", "5 z=1", "6 z=2"], end: 7 });
    expect(await bounds("t")).toEqual([0, 7]);
    expect(broker.metric("moldau_compaction_passes_total")).toBe(2);
    expect(broker.metric("moldau_compaction_removed_records_total")).toBe(3);
    expect(broker.log).toContainEqual(
      expect.objectContaining({ level: "info", fields: expect.objectContaining({ topic: "t", partition: 0, removedRecords: 2 }) }),
    );
  });

  it("is compacted when its settings say so, and those of the broker where it has none", async () => {
    await start({ "log.cleaner.min.cleanable.ratio": "0.9" });
    await createTopic(client, "t", { configs: { "cleanup.policy": "compact", "segment.ms": "1" } });
    const rewrite = async () => {
      for (let i = 0; i < 20; i++) await write("t", [["a", "x".repeat(100)]]);
      await compact();
      return (await readAll("t")).records.length;
    };
    expect(await rewrite()).toBe(2);
    // Now a record is clean, and what follows is some 20 times as much.
    await alter("t", "min.compaction.lag.ms", "60000");
    expect(await rewrite()).toBe(22);
    await alter("t", "segment.ms", "600000");
    await time.advance(60_000);
    await compact();
    expect((await readAll("t")).records.length).toBe(2);
    await alter("t", "min.compaction.lag.ms", "0");
    expect(await rewrite()).toBe(22);
    await alter("t", "max.compaction.lag.ms", "5000");
    await time.advance(5_000);
    await compact();
    expect((await readAll("t")).records.length).toBe(2);
  });

  it("answers in its holes as Kafka 4.3.1 does", async () => {
    await start();
    await createTopic(client, "t", { configs: { ...EAGER, "cleanup.policy": "compact,delete", "retention.ms": "-1" } });
    const beganMs = time.clock.now();
    const batchesAt: readonly (readonly [number, readonly (readonly [string, string | null])[]])[] = [
      [
        0,
        [
          ["a", "1"],
          ["b", "1"],
          ["a", "2"],
        ],
      ],
      [
        1_000,
        [
          ["c", "1"],
          ["b", null],
        ],
      ],
      [2_000, [["d", "1"]]],
      [9_000, [["d", "2"]]],
    ];
    for (const [atMs, entries] of batchesAt) await write("t", entries, beganMs + atMs);
    await compact();
    for (const [atMs, entries] of [
      [5_000, [["e", "1"]]],
      [20_000, [["f", "1"]]],
    ] as const)
      await write("t", entries, beganMs + atMs);
    await compact();
    /** The batches that a fetch gives: base offset, last offset, records. */
    const fetched = async (from: number) => {
      const { errorCode, records: bytes } = await fetchFrom(client, "t", from);
      expect(nameOf(errorCode)).toBe("NONE");
      return headersIn(bytes).map(({ baseOffset, lastOffset, recordCount }) => [baseOffset, lastOffset, recordCount].join(" "));
    };
    const all = ["0 2 1", "3 4 1", "6 6 1", "7 7 1", "8 8 1"];
    const firstAt = { 0: 0, 1: 0, 3: 1, 4: 1, 5: 2, 6: 2, 8: 4, 9: 5 };
    for (const [from, first] of Object.entries(firstAt)) expect(await fetched(Number(from))).toEqual(all.slice(first));
    const found = async (timestamp: number) => {
      const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: "t", partitions: [{ partitionIndex: 0, timestamp }] }] };
      return (await client.ask(ListOffsets, 7, request)).topics[0]?.partitions[0]?.offset;
    };
    const offsets = [];
    for (const timestamp of [-2, -1, -3, ...[0, 1, 1_500, 3_000, 10_000, 30_000].map((ms) => beganMs + ms)])
      offsets.push(await found(timestamp));
    expect(offsets).toEqual([0, 9, 8, 2, 3, 6, 6, 8, -1]);
    const epochs = await client.ask(OffsetForLeaderEpoch, 4, {
      replicaId: -1,
      topics: [{ topic: "t", partitions: [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: 0 }] }],
    });
    expect(epochs.topics[0]?.partitions[0]).toMatchObject({ errorCode: 0, leaderEpoch: 0, endOffset: 9 });
    const request = { topics: [{ name: "t", partitions: [{ partitionIndex: 0, offset: 4 }] }], timeoutMs: 1_000 };
    const { topics } = await client.ask(DeleteRecords, 2, request);
    expect(topics[0]?.partitions[0]).toMatchObject({ errorCode: 0, lowWatermark: 4 });
    expect(await fetched(4)).toEqual(all.slice(1));
  });

  it("is left alone when compaction is off, or it is only deleted", async () => {
    await start({ "log.cleaner.enable": "false" });
    await createTopic(client, "t", { configs: EAGER });
    await createTopic(client, "deleted", { configs: { ...EAGER, "cleanup.policy": "delete" } });
    for (const topic of ["t", "deleted"]) for (let i = 0; i < 3; i++) await write(topic, [["a", String(i)]]);
    await time.advance(10 * BACKOFF_MS);
    expect((await readAll("t")).records).toHaveLength(3);
    expect(broker.metric("moldau_compaction_looks_total")).toBe(0);
    await broker.stop();
    disk = disk.restarted();
    await start();
    await compact();
    // The last one stays, and does not count.
    expect((await readAll("t")).records).toEqual(["1 a=1", "2 a=2"]);
    expect((await readAll("deleted")).records).toHaveLength(3);
  });

  it("loses old records, too, where its policy is compact,delete", async () => {
    await start();
    await createTopic(client, "t", { configs: { ...EAGER, "cleanup.policy": "compact,delete", "retention.ms": "60000" } });
    for (let i = 0; i < 10; i++) await write("t", [[`old ${i % 3}`, String(i)]]);
    await compact();
    expect((await readAll("t")).records).toEqual(["6 old 0=6", "7 old 1=7", "8 old 2=8", "9 old 0=9"]);
    await time.advance(61_000);
    await write("t", [["new", "1"]]);
    const before = broker.metric("moldau_retention_checks_total");
    await compact();
    await expect.poll(() => broker.metric("moldau_retention_checks_total")).toBeGreaterThan(before);
    expect(await bounds("t")).toEqual([10, 11]);
    const { errorCode } = await fetchFrom(client, "t", 9);
    expect(nameOf(errorCode)).toBe("OFFSET_OUT_OF_RANGE");
    expect((await fetchFrom(client, "t", 10)).highWatermark).toBe(11);
  });

  it("has what a table would have after random writes, tombstones, compactions and restarts", async () => {
    await start();
    await createTopic(client, "t", { configs: EAGER });
    const table = new Map<string, string>();
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    for (let round = 0; round < 12; round++) {
      for (let b = random(12); b >= 0; b--) {
        const entries = Array.from({ length: 1 + random(20) }, (): [string, string | null] => {
          const key = `k${random(40)}`;
          return [key, random(4) === 0 ? null : `${round}-${random(1e6)}`.padEnd(random(300))];
        });
        await write("t", entries);
        for (const [key, value] of entries) value === null ? table.delete(key) : table.set(key, value);
      }
      await time.advance(1 + random(100));
      if (random(3) > 0) await compact();
      if (random(4) === 0) await restart();
      const seen = new Map<string, string>();
      for (const text of (await readAll("t")).records) {
        const [, key = "", value = ""] = /^\d+ (\w+)=(.*)$/.exec(text) ?? [];
        value === "null" ? seen.delete(key) : seen.set(key, value);
      }
      expect(new Map([...seen].sort())).toEqual(new Map([...table].sort()));
    }
    const { end } = await readAll("t");
    expect((await bounds("t"))[1]).toBe(end);
    expect(broker.log.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
  });
});

describe("transactions in a compacted topic", () => {
  it("stay what they were to readers of what is committed, until nothing of them is left but the newest records", async () => {
    await start();
    await createTopic(client, "t", { configs: EAGER });
    const keyOf = (value: string) => value.slice(0, 3);
    const open = () => Promise.all(["x", "y"].map((id) => transactionalProducer(client, id, { keyOf })));
    let producers = await open();
    const committed = new Map<string, string>();
    for (let round = 0; round < 30; round++) {
      for (const [p, producer] of producers.entries()) {
        const values = Array.from({ length: 1 + (round % 3) }, (_, i) => `${p} ${i}: ${round}`);
        expect(await producer.write("t", values)).toBe("NONE");
        const abort = (round + p) % 3 === 0;
        if (!abort) for (const value of values) committed.set(keyOf(value), value);
        expect(await (abort ? producer.abort() : producer.commit())).toBe("NONE");
      }
      await time.advance(5);
      if (round % 2 === 1) await compact();
      if (round % 10 === 9) {
        await restart();
        producers = await open();
      }
      const newest = new Map((await committedRecords(client, "t")).map((value) => [keyOf(value), value]));
      expect(newest).toEqual(committed);
    }
    // Nothing refers to the markers of old transactions, so they are gone, and readers are told of none that would wait for one.
    const plain = await readAll("t");
    const { records: bytes, abortedTransactions } = await fetchCommitted(client, "t", 0);
    const markers = headersIn(bytes).filter(({ control }) => control);
    expect(markers.length).toBeLessThan(30);
    const ends = new Set(markers.map(({ producerId, baseOffset }) => `${producerId} ${baseOffset}`));
    expect(plain.end).toBeGreaterThan(150);
    expect((abortedTransactions ?? []).length).toBeLessThan(10);
    for (const { producerId, firstOffset } of abortedTransactions ?? []) {
      expect([...ends].some((end) => end.startsWith(`${producerId} `) && Number(end.split(" ")[1]) > firstOffset)).toBe(true);
    }
  });
});
