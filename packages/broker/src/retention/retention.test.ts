// Retention as clients and operators see it: where logs begin, and what the segments take.
import { memoryDisk } from "@moldau/env";
import { IncrementalAlterConfigs, ListOffsets } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { memoryMedium } from "@moldau/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { type ManualTime, manualTime } from "../testing/manual-time.js";
import type { TestBroker } from "../testing/test-broker.js";
import type { TestClient } from "../testing/test-client.js";
import { createTopic, nameOf, produce } from "../testing/topics.js";
import { transactionalProducer } from "../testing/transactions.js";

const KIB = 1024;
const CHECK_MS = 1_000;
/** Rounds of consolidation after some 64 KiB, segments of some 32 that are not merged. */
const limits = {
  consolidateBytes: 64 * KIB,
  roundBytes: 32 * KIB,
  roundLoadedBytes: 32 * KIB,
  ownSegmentBytes: 8 * KIB,
  mergedRunBytes: 8 * KIB,
};
const SEGMENT_BYTES = 40 * KIB;

let time: ManualTime;
let disk: ReturnType<typeof memoryDisk>;
let medium: ReturnType<typeof memoryMedium>;
let broker: TestBroker;
let client: TestClient;

const started = brokersOfTests();
const start = async (properties: Readonly<Record<string, string>> = {}) => {
  const { clock, timers } = time;
  const always = { "log.retention.check.interval.ms": String(CHECK_MS) };
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

/** Lets time pass until all partitions have been looked at. */
async function check(): Promise<void> {
  const before = broker.metric("moldau_retention_checks_total");
  await time.advance(CHECK_MS);
  await expect.poll(() => broker.metric("moldau_retention_checks_total")).toBeGreaterThan(before);
}

/** Batches of one record of some 4 KiB each, stamped with the time that it is. */
async function fill(topic: string, count: number, partition = 0): Promise<void> {
  for (let i = 0; i < count; i++) {
    const batch = buildBatch({ records: [{ value: Buffer.alloc(4 * KIB, i), timestamp: time.clock.now() }] });
    expect(nameOf((await produce(client, topic, batch, { partition })).errorCode)).toBe("NONE");
  }
}

/** The first offset and the one after the last. */
const bounds = async (topic: string, partitionIndex = 0) => {
  const ends = [];
  for (const timestamp of [-2, -1]) {
    const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: topic, partitions: [{ partitionIndex, timestamp }] }] };
    ends.push((await client.ask(ListOffsets, 7, request)).topics[0]?.partitions[0]?.offset);
  }
  return ends;
};

async function segmentBytes(): Promise<number> {
  let sum = 0;
  for await (const { sizeBytes } of (await medium.openBlobs("/data")).list("segments/")) sum += sizeBytes;
  return sum;
}

const consolidated = () => expect.poll(() => broker.metric("moldau_consolidation_rounds_total")).toBeGreaterThan(0);

const alter = (topic: string, name: string, value: string) =>
  client.ask(IncrementalAlterConfigs, 1, {
    resources: [{ resourceType: 2, resourceName: topic, configs: [{ name, configOperation: 0, value }] }],
    validateOnly: false,
  });

describe("by time", () => {
  it("lets records go that are older than asked, and not before", async () => {
    await start();
    await createTopic(client, "t", { configs: { "retention.ms": "60000" } });
    await fill("t", 40);
    await consolidated();
    await time.advance(50_000);
    await fill("t", 3);
    await check();
    expect(await bounds("t")).toEqual([0, 43]);
    await time.advance(10_000);
    await check();
    expect(await bounds("t")).toEqual([40, 43]);
    await expect.poll(segmentBytes).toBe(0);
    await time.advance(60_000);
    await check();
    expect(await bounds("t")).toEqual([43, 43]);
    expect(broker.metric("moldau_retention_deleted_offsets_total")).toBe(43);
    expect(broker.metric("moldau_retention_deleted_bytes_total")).toBeGreaterThan(43 * 4 * KIB);
    expect(broker.log).toContainEqual(
      expect.objectContaining({ level: "debug", fields: expect.objectContaining({ topic: "t", partition: 0, logStartOffset: 40 }) }),
    );
  });

  it("falls back to the broker's, and spares what is only compacted", async () => {
    await start({ "log.retention.minutes": "1" });
    await createTopic(client, "t");
    await createTopic(client, "compacted", { configs: { "cleanup.policy": "compact" } });
    await createTopic(client, "both", { configs: { "cleanup.policy": "compact,delete" } });
    const timestamp = time.clock.now();
    for (const topic of ["t", "compacted", "both"]) {
      await produce(client, topic, buildBatch({ records: [{ key: Buffer.from("k"), value: Buffer.from("v"), timestamp }] }));
    }
    await time.advance(60_001);
    await check();
    expect([await bounds("t"), await bounds("compacted"), await bounds("both")]).toEqual([
      [1, 1],
      [0, 1],
      [1, 1],
    ]);
  });
});

describe("by size", () => {
  it("keeps what was asked and less than a segment more, on disk too", async () => {
    await start();
    await createTopic(client, "t", { configs: { "retention.bytes": String(100 * KIB) } });
    await fill("t", 150);
    await consolidated();
    await check();
    const [logStart = 0] = await bounds("t");
    const keptBytes = (150 - logStart) * (4 * KIB + 80);
    expect(keptBytes).toBeGreaterThanOrEqual(100 * KIB);
    expect(keptBytes).toBeLessThan(100 * KIB + SEGMENT_BYTES);
    await expect.poll(segmentBytes).toBeLessThan(100 * KIB + SEGMENT_BYTES);
  });

  it("follows a change of the configuration at the next check", async () => {
    await start();
    await createTopic(client, "t");
    await fill("t", 30);
    await check();
    expect(await bounds("t")).toEqual([0, 30]);
    await alter("t", "retention.bytes", "0");
    await check();
    expect(await bounds("t")).toEqual([30, 30]);
    await expect.poll(segmentBytes).toBe(0);
  });
});

describe("after a restart", () => {
  it("logs begin where they did, and those that nobody uses lose their records too, without being opened", async () => {
    await start();
    await createTopic(client, "t", { partitions: 3, configs: { "retention.ms": "60000" } });
    for (const partition of [0, 1]) await fill("t", 20, partition);
    await consolidated();
    await time.advance(60_001);
    await check();
    await fill("t", 20, 2);

    await restart();
    await time.advance(60_001);
    await check();
    expect(broker.metric("moldau_partitions_open")).toBe(0);
    expect(broker.metric("moldau_retention_deleted_offsets_total")).toBe(20);
    await restart();
    expect([await bounds("t", 0), await bounds("t", 1), await bounds("t", 2)]).toEqual([
      [20, 20],
      [20, 20],
      [20, 20],
    ]);
    await expect.poll(segmentBytes).toBe(0);
  });
});

it("leaves open transactions alone until they have ended", async () => {
  await start();
  await createTopic(client, "t", { configs: { "retention.bytes": "0" } });
  await fill("t", 3);
  const producer = await transactionalProducer(client, "x");
  expect(await producer.write("t", ["a"])).toBe("NONE");
  await fill("t", 3);
  await check();
  expect(await bounds("t")).toEqual([3, 7]);
  expect(await producer.abort()).toBe("NONE");
  await expect.poll(() => bounds("t")).toEqual([3, 8]);
  await check();
  expect(await bounds("t")).toEqual([8, 8]);
});
