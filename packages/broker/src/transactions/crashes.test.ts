// A broker that is killed between any two of its writes: what was decided is completed, what was not is aborted, and nothing hangs.
import { DiskError, type MemoryDisk, memoryDisk } from "@moldau/env";
import { DeleteTopics, DescribeProducers } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { memoryMedium } from "@moldau/storage";
import { describe, expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { committedRecords } from "../testing/committed-records.js";
import { manualTime } from "../testing/manual-time.js";
import { testBroker } from "../testing/test-broker.js";
import type { TestClient } from "../testing/test-client.js";
import { createTopic, fetchFrom } from "../testing/topics.js";
import { committedEnd, stateOf, type TransactionalProducer, transactionalProducer } from "../testing/transactions.js";

const start = brokersOfTests({ properties: { "transaction.state.log.num.partitions": "2" } });

/** From the given write on, nothing reaches the disk, and nothing fails: the machine stands still. Resolves when it does. */
function standStillAt(disk: MemoryDisk, write: number): Promise<void> {
  let seen = 0;
  return new Promise((resolve) => {
    disk.options.beforeWrite = async () => {
      if (++seen < write) return;
      resolve();
      await new Promise(() => {});
    };
  });
}

/** Calls `then` for each write after the first that tells of the transactional id: that of its decision. */
function afterDecision(disk: MemoryDisk, transactionalId: string, then: (path: string) => Promise<void>): void {
  let decided = false;
  disk.options.beforeWrite = async (path, _position, parts) => {
    if (decided) await then(path);
    if (parts.some((part) => Buffer.from(part).includes(transactionalId))) decided = true;
  };
}

/** A record, and offsets of a group: their marker comes after the decision, while that of the record is written with it. */
async function writeWithOffsets(producer: TransactionalProducer): Promise<void> {
  expect(await producer.add("t")).toBe("NONE");
  expect(await producer.write("t", ["a"])).toBe("NONE");
  expect(await producer.addOffsets("g")).toBe("NONE");
}

interface Acknowledged {
  first?: boolean;
  finished?: boolean;
}

/** Two partitions in one transaction, which is committed; then one that is aborted. */
async function work(client: TestClient, speaks: 0 | 2, acknowledged: Acknowledged): Promise<void> {
  const producer = await transactionalProducer(client, "worker", { speaks });
  const write = async (value: string, partition: number) => {
    if (speaks === 0) await producer.add("t", partition);
    expect(await producer.write("t", [value], partition)).toBe("NONE");
  };
  await write("a", 0);
  await write("b", 1);
  acknowledged.first = (await producer.commit()) === "NONE";
  await write("x", 0);
  await write("y", 1);
  expect(await producer.abort()).toBe("NONE");
  await stateOf(client, "worker", "CompleteAbort");
  acknowledged.finished = true;
}

async function checkAfter(client: TestClient, acknowledged: Acknowledged): Promise<string> {
  // Whoever takes over has all that was open aborted, and all that was decided completed.
  const heir = await transactionalProducer(client, "worker");
  for (const partition of [0, 1]) {
    const { highWatermark } = await fetchFrom(client, "t", 0, partition);
    expect(await committedEnd(client, "t", partition)).toBe(highWatermark);
  }
  const values = [await committedRecords(client, "t", 0), await committedRecords(client, "t", 1)].flat();
  if (acknowledged.first) expect(values).toEqual(["a", "b"]);
  else expect(["", "a b"]).toContain(values.join(" "));
  expect(await heir.write("t", ["z"])).toBe("NONE");
  expect(await heir.commit()).toBe("NONE");
  await stateOf(client, "worker", "CompleteCommit");
  expect((await committedRecords(client, "t", 0)).at(-1)).toBe("z");
  return values.join(" ");
}

describe.each([2, 0] as const)("killed at any write, with transactions of version %i", (speaks) => {
  it("a broker keeps what it said, and leaves nothing open", async () => {
    const outcomes: string[] = [];
    for (let write = 1; ; write++) {
      const [disk, medium] = [memoryDisk(), memoryMedium()];
      const killed = await testBroker({ disk, medium, properties: { "transaction.state.log.num.partitions": "2" } });
      const client = killed.connect();
      await createTopic(client, "t", { partitions: 2 });
      const acknowledged: Acknowledged = {};
      const still = standStillAt(disk, write);
      const done = work(client, speaks, acknowledged).catch(() => {});
      await Promise.race([still, done]);
      client.close();
      const found = disk.restarted();
      delete found.options.beforeWrite;
      const again = await start({ disk: found, medium });
      outcomes.push(await checkAfter(again.connect(), acknowledged));
      if (acknowledged.finished) break;
    }
    expect(outcomes.length).toBeGreaterThan(8);
    expect(new Set(outcomes)).toEqual(new Set(["", "a b"]));
  });
});

describe("a transaction", () => {
  it("is completed by the next broker without anybody asking", async () => {
    const [disk, medium] = [memoryDisk(), memoryMedium()];
    const killed = await testBroker({ disk, medium });
    const client = killed.connect();
    await createTopic(client, "t");
    const producer = await transactionalProducer(client, "alone", { speaks: 0 });
    await writeWithOffsets(producer);
    afterDecision(disk, "alone", () => new Promise(() => {}));
    expect(await producer.commit()).toBe("NONE");
    const found = disk.restarted();
    delete found.options.beforeWrite;
    const again = (await start({ disk: found, medium })).connect();
    expect(await stateOf(again, "alone", "CompleteCommit")).toBe("CompleteCommit");
    expect(await committedRecords(again, "t")).toEqual(["a"]);
  });

  it("is aborted when its time is up, also after a restart, and its producer is fenced", async () => {
    const { clock, timers, advance } = manualTime();
    const [disk, medium] = [memoryDisk(), memoryMedium()];
    const first = await testBroker({ disk, medium, clock, timers });
    const before = first.connect();
    await createTopic(before, "t");
    const producer = await transactionalProducer(before, "slow", { timeoutMs: 10_000 });
    await producer.write("t", ["a"]);
    await first.stop();
    const again = (await start({ disk, medium, clock, timers })).connect();
    expect(await stateOf(again, "slow")).toBe("Ongoing");
    expect(await committedEnd(again, "t")).toBe(0);
    await advance(10_001);
    expect(await stateOf(again, "slow", "CompleteAbort")).toBe("CompleteAbort");
    expect(await committedRecords(again, "t")).toEqual([]);
    expect(await committedEnd(again, "t")).toBe(2);
    const { topics } = await again.ask(DescribeProducers, 0, { topics: [{ name: "t", partitionIndexes: [0] }] });
    expect(topics[0]?.partitions[0]?.activeProducers).toMatchObject([{ producerEpoch: 1, currentTxnStartOffset: -1 }]);
  });

  it("waits for a disk that is full, and is completed when there is room", async () => {
    const disk = memoryDisk();
    const broker = await start({ disk, limits: { patienceMs: 50 } });
    const client = broker.connect();
    await createTopic(client, "t");
    const producer = await transactionalProducer(client, "full", { speaks: 0 });
    await writeWithOffsets(producer);
    afterDecision(disk, "full", (path) => Promise.reject(new DiskError("ENOSPC", path, "no space left")));
    expect(await producer.commit()).toBe("NONE");
    expect(await stateOf(client, "full")).toBe("PrepareCommit");
    delete disk.options.beforeWrite;
    expect(await stateOf(client, "full", "CompleteCommit")).toBe("CompleteCommit");
    expect(await committedRecords(client, "t")).toEqual(["a"]);
  });

  it("is complete without the partitions of topics that are gone", async () => {
    const broker = await start();
    const client = broker.connect();
    await createTopic(client, "t");
    await createTopic(client, "gone");
    const producer = await transactionalProducer(client, "half");
    await producer.write("t", ["a"]);
    await producer.write("gone", ["b"]);
    await client.ask(DeleteTopics, 6, { topics: [{ name: "gone", topicId: ZERO_UUID }], timeoutMs: 1_000 });
    expect(await producer.commit()).toBe("NONE");
    expect(await stateOf(client, "half", "CompleteCommit")).toBe("CompleteCommit");
    expect(await committedRecords(client, "t")).toEqual(["a"]);
  });
});
