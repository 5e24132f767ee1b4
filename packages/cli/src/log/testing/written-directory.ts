// A small data directory, always the same: two topics and an internal one, a transaction, all in the journal.
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk, systemClock, systemTimers } from "@moldau/env";
import { type ClusterEvent, openMetadata } from "@moldau/metadata";
import { encodeVersioned, OffsetCommitKey, OffsetCommitValue, TransactionLogKey, TransactionLogValue } from "@moldau/protocol";
import { type BatchInput, buildBatch, controlBatch, patchBatch } from "@moldau/records";
import { type PartitionId, partitionIndex, partitionKey, topicId } from "@moldau/std";
import { type Log, localMedium, openDirectory } from "@moldau/storage";

const ORDERS = topicId("b3JkZXJzLW9yZGVycy1vcg");
const OFFSETS = topicId("b2Zmc2V0cy1vZmZzZXRzLQ");
const TRANSACTIONS = topicId("dHJhbnNhY3Rpb25zLXR4bg");
const EMPTY = topicId("ZW1wdHktZW1wdHktZW1wdA");
const NOON = Date.UTC(2026, 0, 31, 12);

export interface WrittenDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

export async function writtenDirectory(): Promise<WrittenDirectory> {
  const parent = await mkdtemp(join(tmpdir(), "moldau-log-"));
  const path = join(parent, "data");
  const disk = nodeDisk();
  // The same bytes each time: the directory's and the journal's ids are part of what is printed.
  const random = { bytes: (count: number) => new Uint8Array(count).fill(7), float: () => 0.5 };
  const medium = localMedium({ disk, timers: systemTimers });
  const data = await openDirectory({ disk, clock: systemClock, timers: systemTimers, random, directory: path, brokerId: 1, ...medium });
  const metadata = await openMetadata({ clusterLog: data.clusterLog, timers: systemTimers });
  await metadata.propose(() => ({
    events: [
      { type: "ClusterCreated", clusterId: "Y2x1c3Rlci1jbHVzdGVyLQ" },
      created("orders", ORDERS, 2),
      created("__consumer_offsets", OFFSETS, 1),
      created("__transaction_state", TRANSACTIONS, 1),
      created("empty", EMPTY, 3),
    ],
    result: undefined,
  }));
  const store = await data.openStore({
    isLive: () => true,
    report: () => {},
    limits: { journalFileBytes: 1024 * 1024, slabBytes: 256 * 1024 },
  });
  const logs = new Map<string, Log>();
  const append = async (topic: typeof ORDERS, index: number, batch: Uint8Array) => {
    const partition: PartitionId = { topicId: topic, index: partitionIndex(index) };
    const log = logs.get(partitionKey(partition)) ?? (await store.open(partition, owner));
    logs.set(partitionKey(partition), log);
    patchBatch(batch, 0, { baseOffset: log.endOffset, leaderEpoch: 0 });
    await log.append(batch);
  };
  await append(
    ORDERS,
    0,
    batchOf([
      ["k1", "first"],
      ["k2", "a\u001b[31m\tred\n"],
    ]),
  );
  await append(ORDERS, 0, batchOf([["k1", "third"]], { compression: "gzip" }));
  await append(
    ORDERS,
    1,
    batchOf([[null, Uint8Array.of(0xff, 0)]], { producerId: 7, producerEpoch: 2, baseSequence: 5, transactional: true }),
  );
  await append(ORDERS, 1, controlBatch({ type: "ABORT", producerId: 7, producerEpoch: 2, coordinatorEpoch: 3, timestamp: NOON }));
  await append(
    OFFSETS,
    0,
    internal(
      encodeVersioned(OffsetCommitKey, 0, { group: "shop", topic: "orders", partition: 0 }),
      encodeVersioned(OffsetCommitValue, 3, { offset: 3, metadata: "", commitTimestamp: NOON }),
    ),
  );
  await append(
    TRANSACTIONS,
    0,
    internal(encodeVersioned(TransactionLogKey, 0, { transactionalId: "bank" }), encodeVersioned(TransactionLogValue, 0, transaction)),
  );
  await store.close();
  await metadata.close();
  await data.close();
  // How far ahead the journal was prepared is a matter of time.
  await rm(join(path, "journal/000001.ring"), { force: true });
  await truncate(join(path, "journal/000000.ring"), 128 * 1024);
  return { path, remove: () => rm(parent, { recursive: true, force: true }) };
}

const owner = { advanced: () => {}, rolledBack: () => {}, producers: () => new Uint8Array(), cleaned: () => {} };

const transaction = {
  producerId: 7,
  producerEpoch: 2,
  transactionTimeoutMs: 60_000,
  transactionStatus: 5,
  transactionPartitions: [{ topic: "orders", partitionIds: [1] }],
  transactionLastUpdateTimestampMs: NOON,
  transactionStartTimestampMs: NOON,
};

const created = (name: string, id: typeof ORDERS, partitions: number): ClusterEvent => ({
  type: "TopicCreated",
  topicId: id,
  name,
  replicationFactor: 1,
  partitions: Array.from({ length: partitions }, () => ({ leaderEpoch: 0, replicas: [1] })),
  configs: {},
});

type Content = string | Uint8Array | null;
const bytesOf = (content: Content) => (typeof content === "string" ? Buffer.from(content) : content);

function batchOf(records: readonly (readonly [Content, Content])[], input: Partial<BatchInput> = {}): Uint8Array {
  const [first, ...rest] = records.map(([key, value], at) => ({ key: bytesOf(key), value: bytesOf(value), timestamp: NOON + at }));
  if (!first) throw new Error("a batch has records");
  return buildBatch({ ...input, records: [{ ...first, headers: [{ key: "trace", value: Buffer.from("1") }] }, ...rest] });
}

const internal = (key: Uint8Array, value: Uint8Array): Uint8Array => buildBatch({ records: [{ key, value, timestamp: NOON }] });
