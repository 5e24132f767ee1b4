// Which log is compacted when, over a store that only says what it was asked: the dirtiest first, one at a time, and the others when one
// cannot be.
import type { CleanerConfig, Metadata, TopicConfig, TopicImage } from "@moldau/metadata";
import { type PartitionIndex, partitionIndex, topicId } from "@moldau/std";
import { type Compacted, type CompactionOrder, CorruptionError, type Dirt, type Log, StorageError } from "@moldau/storage";
import { beforeEach, expect, it } from "vitest";
import type { Waiter } from "../partitions/partition.js";
import type { Partitions } from "../partitions/partitions.js";
import { type ManualTime, manualTime } from "../testing/manual-time.js";
import { type Compaction, compactionOf } from "./compaction.js";

const BACKOFF_MS = 15_000;
const CONFIG = {
  compacted: true,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: 2 ** 63,
  segmentBytes: 1_000,
  segmentMs: 60_000,
  deleteRetentionMs: 5,
} as TopicConfig;
const NOTHING: Compacted = { cleanedThrough: 10, readBytes: 0, writtenBytes: 0, removedRecords: 0, removedBytes: 0, elapsedMs: 0 };

interface FakeLog {
  dirt: Dirt;
  stable: number;
  deleted: boolean;
  readonly waiters: Set<Waiter>;
}

let time: ManualTime;
let logs: FakeLog[];
let asked: string[];
let dirtAsked: number;
let config: TopicConfig;
let cleaner: CleanerConfig;
let rounds: number;
/** What becomes of a pass, and of consolidation. */
let compact: (index: number, order: CompactionOrder) => Promise<Compacted>;
let consolidate: () => Promise<void>;
let said: string[];

const logWith = (dirtyBytes: number, cleanBytes = 100, journalBytes = 0): FakeLog => ({
  dirt: { cleanedThrough: 0, cleanBytes, dirtyBytes, extentsEnd: 10, journalBytes, journalTimestamp: -1 },
  stable: 10,
  deleted: false,
  waiters: new Set(),
});

/** It is clean then. */
const compacts = async (index: number): Promise<Compacted> => {
  const log = logs[index];
  if (log) log.dirt = { ...log.dirt, dirtyBytes: 0, cleanedThrough: 9 };
  return { ...NOTHING, removedRecords: 3 };
};

beforeEach(() => {
  time = manualTime();
  asked = [];
  dirtAsked = 0;
  said = [];
  rounds = 0;
  config = CONFIG;
  cleaner = { enabled: true, backoffMs: BACKOFF_MS, keyBytes: 2 ** 27, maxBytesPerSecond: Number.POSITIVE_INFINITY };
  compact = compacts;
  consolidate = async () => {};
});

function start(): Compaction {
  const opened = logs.map(({ waiters }, index) => ({
    index,
    log: { partition: { topicId: topicId("id"), index: partitionIndex(index) }, highWatermark: 10, logStartOffset: 0 } as unknown as Log,
    waiters,
    deleted: () => logs[index]?.deleted ?? false,
    producers: () => ({ transactions: { lastStableOffset: () => logs[index]?.stable ?? 0, abortedWithin: () => [] } }),
  }));
  const topic = { id: topicId("id"), name: "t", partitions: opened.map(({ index }) => ({ index })) } as unknown as TopicImage;
  const store = {
    stats: () => ({ consolidationRounds: rounds }),
    async dirt({ index }: { index: PartitionIndex }) {
      dirtAsked++;
      return logs[index]?.dirt;
    },
    compact: ({ partition }: Log, order: CompactionOrder) => {
      asked.push(`compact ${partition.index} below ${order.below}`);
      return compact(partition.index, order);
    },
    consolidate: () => {
      asked.push("consolidate");
      rounds++;
      return consolidate();
    },
  };
  const say = (_: unknown, message: string) => void said.push(message);
  return compactionOf({
    metadata: { image: { topics: () => [topic] } } as unknown as Metadata,
    partitions: { store, opened: () => opened, find: (_: TopicImage, index: number) => opened[index] } as unknown as Partitions,
    topicConfig: () => config,
    config: () => cleaner,
    clock: time.clock,
    timers: time.timers,
    log: { debug: say, info: say, warn: say, error: say },
    fatal: (error) => {
      throw error;
    },
  });
}

/** What was asked for until the next look is over. */
async function look(running: Compaction): Promise<string[]> {
  asked = [];
  const { looks } = running.stats();
  await time.advance(BACKOFF_MS);
  await expect.poll(() => running.stats().looks).toBeGreaterThan(looks);
  await expect.poll(() => running.stats().running).toBe(false);
  return asked;
}

it("compacts what is dirty enough, the dirtiest first, and leaves the last record", async () => {
  logs = [logWith(50), logWith(200), logWith(101), logWith(0, 0), logWith(900)];
  const running = start();
  expect(await look(running)).toEqual([4, 1, 2].map((index) => `compact ${index} below 9`));
  expect(running.stats()).toMatchObject({ passes: 3, removedRecords: 9, failures: 0, uncleanable: 0 });
  expect(said).toEqual(Array(3).fill("a log was compacted"));
  expect(await look(running)).toEqual([]);
  expect(running.stats().maxDirtyRatio).toBeCloseTo(1 / 3);
  await running.close();
});

it("orders what the settings of that moment say", async () => {
  logs = [logWith(200)];
  const orders: CompactionOrder[] = [];
  compact = (index, order) => {
    orders.push(order);
    return compacts(index);
  };
  config = { ...CONFIG, minCompactionLagMs: 1_000 };
  cleaner = { ...cleaner, keyBytes: 2 ** 30, maxBytesPerSecond: 2 ** 20 };
  logs[0] = { ...logWith(200), stable: 4 };
  const running = start();
  await look(running);
  const nowMs = time.clock.now();
  expect(orders).toMatchObject([
    { below: 4, nowMs, olderThanMs: nowMs - 1_000, deleteRetentionMs: 5, keyBytes: 2 ** 30, maxBytesPerSecond: 2 ** 20 },
  ]);
  cleaner = { ...cleaner, enabled: false };
  logs[0] = logWith(900);
  await time.advance(10 * BACKOFF_MS);
  expect(orders).toHaveLength(1);
  await running.close();
});

it("has the journal consolidated once for all logs that it holds much or old records of, if they would be compacted then", async () => {
  logs = [logWith(0, 100, 1_000), logWith(0, 10_000, 2_000), logWith(0, 100, 999)];
  const running = start();
  consolidate = async () => {
    logs[0] = logWith(1_000);
  };
  expect(await look(running)).toEqual(["consolidate", "compact 0 below 9"]);
  consolidate = async () => {
    logs[2] = logWith(999);
  };
  await time.advance(3 * BACKOFF_MS);
  expect(await look(running)).toEqual(["consolidate", "compact 2 below 9"]);
  await running.close();
});

it("goes on with others when one fails, and leaves that alone for longer and longer, a damaged one for good", async () => {
  logs = [logWith(300), logWith(200), logWith(400)];
  compact = async (index) => {
    if (index === 2) throw new CorruptionError("segments/1", 5, "a checksum is wrong");
    if (index === 0) throw new StorageError("full", "no space is left");
    return compacts(index);
  };
  const running = start();
  expect(await look(running)).toEqual([2, 0, 1].map((index) => `compact ${index} below 9`));
  expect(running.stats()).toMatchObject({ passes: 1, failures: 2, uncleanable: 2 });
  expect(said.filter((message) => message.includes("could not"))).toHaveLength(2);
  const tries = [];
  for (let i = 0; i < 20; i++) tries.push((await look(running)).length);
  expect(tries.reduce((sum, count) => sum + count, 0)).toBe(4);
  compact = compacts;
  await time.advance(3_600_000);
  expect(running.stats()).toMatchObject({ passes: 2, uncleanable: 1 });
  await running.close();
});

it("does not try again at once when nothing could be done", async () => {
  logs = [logWith(200)];
  compact = async () => ({ ...NOTHING, cleanedThrough: 0 });
  const running = start();
  expect(await look(running)).toHaveLength(1);
  expect(await look(running)).toHaveLength(0);
  logs[0] = { ...logWith(200), stable: 5 };
  expect(await look(running)).toHaveLength(1);
  await running.close();
});

it("rests for as long as it is told to, and no longer when that is changed", async () => {
  logs = [logWith(200)];
  cleaner = { ...cleaner, backoffMs: Number.MAX_SAFE_INTEGER };
  const running = start();
  await time.advance(100 * BACKOFF_MS);
  expect(asked).toEqual([]);
  cleaner = { ...cleaner, backoffMs: 90 * BACKOFF_MS };
  expect(await look(running)).toHaveLength(1);
  const { looks } = running.stats();
  await time.advance(89 * BACKOFF_MS);
  expect(running.stats().looks).toBe(looks);
  cleaner = { ...cleaner, backoffMs: BACKOFF_MS };
  await look(running);
  await running.close();
});

it("asks nothing of 10,000 logs in which nothing has happened", async () => {
  logs = Array.from({ length: 10_000 }, () => logWith(10));
  const running = start();
  await look(running);
  expect(dirtAsked).toBe(10_000);
  await look(running);
  expect(dirtAsked).toBe(10_000);
  await running.close();
});

it.each(["the topic is deleted", "the broker stops"])("gives up when %s", async (why) => {
  logs = [logWith(200)];
  compact = (_, { signal }) => new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  const running = start();
  await time.advance(BACKOFF_MS);
  await expect.poll(() => running.stats().running).toBe(true);
  if (why === "the topic is deleted") {
    const [log] = logs;
    if (log) log.deleted = true;
    for (const waiter of log?.waiters ?? []) waiter.wake();
    cleaner = { ...cleaner, enabled: false };
    await expect.poll(() => running.stats().running).toBe(false);
    expect(log?.waiters.size).toBe(0);
  }
  await running.close();
  expect(running.stats()).toMatchObject({ passes: 0, failures: 0, running: false });
});

it("closes while consolidation takes for ever", async () => {
  logs = [logWith(0, 0, 2_000)];
  consolidate = () => new Promise(() => {});
  const running = start();
  await time.advance(BACKOFF_MS);
  await expect.poll(() => asked).toEqual(["consolidate"]);
  await running.close();
  expect(asked).toEqual(["consolidate"]);
});
