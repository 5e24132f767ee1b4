import { systemClock } from "@moldau/env";
import { readBatchHeader, records } from "@moldau/records";
import { beforeEach, describe, expect, it } from "vitest";
import type { Batch } from "./batch.js";
import { memoryPool } from "./memory-pool.js";
import { type PartitionQueue, partitionQueue, type QueueSettings } from "./partition-queue.js";
import { splitBatch } from "./split.js";

const memory = memoryPool(1 << 20);
let nowMs = 1000;
const settings: QueueSettings = {
  batchBytes: 200,
  lingerMs: 0,
  compression: "none",
  compressionLevel: undefined,
  idempotent: true,
  transactional: false,
  memory,
  clock: { now: systemClock.now, monotonicMs: () => nowMs },
};
const ID = { producerId: 9, producerEpoch: 0 };
let queue: PartitionQueue;
beforeEach(() => {
  nowMs = 1000;
  queue = partitionQueue("t", 0, settings);
  queue.adopt(ID);
});

/** Each batch has room for two of them. */
const append = (...values: number[]) => {
  for (const value of values) queue.append(0, null, `${value}`.padStart(50, "0"), []);
};
const take = (): Batch => {
  const batch = queue.take(nowMs, "all");
  if (!batch) throw new Error("there is nothing to take");
  return batch;
};
const valuesOf = (batch: Batch): number[] =>
  Array.from(records(batch.sealed?.bytes ?? new Uint8Array()), ({ value }) => Number(Buffer.from(value ?? "")));
const numbersOf = (batch: Batch) => {
  const { producerEpoch, baseSequence } = readBatchHeader(batch.sealed?.bytes ?? new Uint8Array(), 0);
  return { producerEpoch, baseSequence };
};

describe("batches of a partition", () => {
  it("are filled, taken in order and numbered", () => {
    append(0, 1, 2, 3, 4);
    expect(queue.fullBatches).toBe(2);
    const taken = [take(), take(), take()];
    expect(taken.map(valuesOf)).toEqual([[0, 1], [2, 3], [4]]);
    expect(taken.map(numbersOf)).toEqual([0, 2, 4].map((baseSequence) => ({ producerEpoch: 0, baseSequence })));
    expect(queue.hasWork).toBe(false);
    for (const batch of taken) queue.acknowledge(batch);
    expect(queue.bytes).toBe(0);
  });

  it("wait for an id, for time, and for being full where that is asked", () => {
    queue = partitionQueue("t", 0, { ...settings, lingerMs: 5 });
    append(0);
    expect(queue.needsIdentity).toBe(true);
    expect(queue.take(nowMs, "all")).toBeUndefined();
    queue.adopt(ID);
    expect(queue.take(nowMs, "waited")).toBeUndefined();
    expect(queue.readyAtMs()).toBe(nowMs + 5);
    expect(queue.take(nowMs + 5, "full")).toBeUndefined();
    expect(queue.take(nowMs + 5, "waited")).toBeDefined();
  });
});

describe("a batch that comes back", () => {
  it("goes first and alone, once all that was under way has come back, under its old number", () => {
    append(0, 1, 2, 3, 4, 5, 6);
    const [a, b, c] = [take(), take(), take()] as const;
    queue.retry(a, nowMs);
    expect(queue.follows(b)).toBe(true);
    expect(queue.take(nowMs, "all")).toBeUndefined();
    queue.retry(c, nowMs);
    queue.retry(b, nowMs);
    expect(take()).toBe(a);
    expect(queue.take(nowMs, "all")).toBeUndefined();
    expect(numbersOf(a)).toEqual({ producerEpoch: 0, baseSequence: 0 });
    queue.acknowledge(a);
    expect(take()).toBe(b);
    queue.acknowledge(b);
    expect(take()).toBe(c);
    expect(valuesOf(take())).toEqual([6]);
  });

  it("waits for as long as it is told", () => {
    append(0);
    queue.retry(take(), nowMs + 100);
    expect(queue.take(nowMs + 99, "all")).toBeUndefined();
    expect(queue.readyAtMs()).toBe(nowMs + 100);
    expect(queue.take(nowMs + 100, "all")).toBeDefined();
    expect(queue.failures).toBe(1);
  });
});

describe("a batch that is given up", () => {
  it("leaves its numbers to the next when it is not stored", () => {
    append(0, 1, 2, 3, 4);
    const [a, b] = [take(), take()] as const;
    queue.abandon(a, false);
    expect(queue.follows(b)).toBe(true);
    queue.retry(b, nowMs);
    expect(numbersOf(take())).toEqual({ producerEpoch: 0, baseSequence: 0 });
    queue.acknowledge(b);
    expect(numbersOf(take())).toEqual({ producerEpoch: 0, baseSequence: 2 });
  });

  it("makes the next begin a new epoch when it may be stored", () => {
    append(0, 1, 2, 3);
    queue.abandon(take(), true);
    expect(numbersOf(take())).toEqual({ producerEpoch: 1, baseSequence: 0 });
  });

  it("is asked after with the next, which is not stored twice for that", () => {
    const sent = () => {
      append(0, 1, 2, 3, 4, 5);
      const [a, b, c] = [take(), take(), take()] as const;
      queue.abandon(a, true);
      for (const batch of [b, c]) queue.retry(batch, nowMs);
      expect(take()).toBe(b);
      expect(numbersOf(b)).toEqual({ producerEpoch: 0, baseSequence: 2 });
      expect(queue.follows(b)).toBe(false);
      return [b, c] as const;
    };
    const [b] = sent();
    queue.acknowledge(b);
    expect(numbersOf(take())).toEqual({ producerEpoch: 0, baseSequence: 4 });

    queue = partitionQueue("t", 0, settings);
    queue.adopt(ID);
    const [refused] = sent();
    queue.renumber();
    queue.retry(refused, nowMs);
    expect(numbersOf(take())).toEqual({ producerEpoch: 1, baseSequence: 0 });
    queue.acknowledge(refused);
    expect(numbersOf(take())).toEqual({ producerEpoch: 1, baseSequence: 2 });
  });

  it("was never sent, when its time is up before: then nothing is lost of the numbers", () => {
    append(0, 1, 2);
    queue.acknowledge(take());
    expect(queue.expire(nowMs)).toEqual([]);
    expect(queue.expire(nowMs + 1).map(({ recordCount }) => recordCount)).toEqual([1]);
    append(3);
    expect(numbersOf(take())).toEqual({ producerEpoch: 0, baseSequence: 2 });
  });
});

it("begins a new epoch when the broker has forgotten the producer", () => {
  append(0, 1, 2, 3);
  const [a, b] = [take(), take()] as const;
  queue.renumber();
  queue.retry(a, nowMs);
  queue.retry(b, nowMs);
  expect(numbersOf(take())).toEqual({ producerEpoch: 1, baseSequence: 0 });
  queue.acknowledge(a);
  expect(numbersOf(take())).toEqual({ producerEpoch: 1, baseSequence: 2 });
});

it("asks for another id when epochs are used up", () => {
  queue.adopt({ producerId: 9, producerEpoch: 2 ** 15 - 1 });
  append(0, 1, 2);
  queue.renumber();
  expect(queue.take(nowMs, "all")).toBeUndefined();
  expect(queue.needsIdentity).toBe(true);
  expect(queue.usedUpProducerId).toBe(9);
  queue.adopt({ producerId: 10, producerEpoch: 0 });
  expect(numbersOf(take())).toEqual({ producerEpoch: 0, baseSequence: 0 });
});

it("puts the parts of a batch where it was, under its numbers, told to whom it was", () => {
  queue = partitionQueue("t", 0, { ...settings, batchBytes: 600 });
  queue.adopt(ID);
  const heard: number[] = [];
  for (let i = 0; i < 6; i++) {
    queue.append(
      0,
      null,
      `${i}`.padStart(50, "0"),
      [],
      () => heard.push(i),
      () => {},
    );
  }
  append(6, 7, 8, 9, 10, 11);
  const [a, b] = [take(), take()] as const;
  const parts = splitBatch(a, settings);
  queue.split(a, parts);
  queue.retry(b, nowMs);
  const taken: Batch[] = [];
  for (let next = queue.take(nowMs, "all"); next; next = queue.take(nowMs, "all")) {
    taken.push(next);
    queue.acknowledge(next);
    for (const delivered of next.waiting.delivered) delivered({ topic: "t", partition: 0, offset: 0, timestamp: 0 });
  }
  expect(taken.length).toBeGreaterThan(2);
  expect(taken.flatMap(valuesOf)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  let expected = 0;
  for (const batch of taken) {
    expect(numbersOf(batch).baseSequence).toBe(expected);
    expected += batch.recordCount;
  }
  expect(heard).toEqual([0, 1, 2, 3, 4, 5]);
});
