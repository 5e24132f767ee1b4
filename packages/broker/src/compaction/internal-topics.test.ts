// The coordinators' own topics are compacted like all others, and what is left of them loads to the same state, sooner.
import { memoryDisk } from "@moldau/env";
import { DeleteGroups, IncrementalAlterConfigs, OffsetCommit, TxnOffsetCommit } from "@moldau/protocol";
import { memoryMedium } from "@moldau/storage";
import { expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { commit, committed } from "../testing/groups.js";
import { manualTime } from "../testing/manual-time.js";
import type { TestBroker } from "../testing/test-broker.js";
import type { TestClient } from "../testing/test-client.js";
import { createTopic, nameOf } from "../testing/topics.js";
import { committedEnd, initTransactions, stateOf, transactionalProducer } from "../testing/transactions.js";

const BACKOFF_MS = 15_000;
const PARTITIONS = 100;
const started = brokersOfTests();

async function commitAll(client: TestClient, groupId: string, offset: number): Promise<void> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) => ({
    partitionIndex,
    committedOffset: offset + partitionIndex,
    committedMetadata: "",
  }));
  const { topics } = await client.ask(OffsetCommit, 9, {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: "",
    groupInstanceId: null,
    topics: [{ name: "t", partitions }],
  });
  expect(new Set(topics.flatMap((topic) => topic.partitions.map(({ errorCode }) => nameOf(errorCode))))).toEqual(new Set(["NONE"]));
}

const eager = (client: TestClient, resourceName: string) =>
  client.ask(IncrementalAlterConfigs, 1, {
    resources: [
      {
        resourceType: 2,
        resourceName,
        configs: [
          ["segment.ms", "1"],
          ["delete.retention.ms", "0"],
          ["min.cleanable.dirty.ratio", "0"],
        ].map(([name = "", value = ""]) => ({ name, configOperation: 0, value })),
      },
    ],
    validateOnly: false,
  });

/** How many records were replayed of a topic when its coordinators were loaded. */
function replayed(broker: TestBroker, topic: string): number {
  const loaded = broker.log.filter(({ message }) => message.includes(`${topic} were loaded`));
  expect(loaded).toHaveLength(1);
  return Number(loaded[0]?.fields.records);
}

it("offsets of groups", async () => {
  const { clock, timers, advance } = manualTime();
  const [disk, medium] = [memoryDisk(), memoryMedium()];
  const properties = { "offsets.topic.num.partitions": "1", "transaction.state.log.num.partitions": "1" };
  const first = await started({ disk, medium, clock, timers, properties });
  const client = first.connect();
  await createTopic(client, "t", { partitions: PARTITIONS });
  for (let i = 0; i < 20; i++) for (let g = 0; g < 10; g++) await commitAll(client, `g${g}`, 1_000 * i);
  for (let g = 8; g < 10; g++) {
    const { results } = await client.ask(DeleteGroups, 2, { groupsNames: [`g${g}`] });
    expect(results.map(({ errorCode }) => nameOf(errorCode))).toEqual(["NONE"]);
  }
  await eager(client, "__consumer_offsets");
  for (let i = 0; i < 3; i++) {
    const before = first.metric("moldau_compaction_passes_total");
    await advance(BACKOFF_MS);
    await expect.poll(() => first.metric("moldau_compaction_passes_total")).toBeGreaterThan(before);
    await expect.poll(() => first.metric("moldau_compaction_running")).toBe(0);
    expect(await commit(client, "last", "t", i)).toBe("NONE");
  }
  expect(first.metric("moldau_compaction_removed_records_total")).toBeGreaterThan(19_000);
  await first.stop();

  const second = await started({ disk: disk.restarted(), medium, clock, timers, properties });
  const after = second.connect();
  await expect.poll(() => committed(after, "g0", "t")).toBe(19_000);
  expect(replayed(second, "__consumer_offsets")).toBeGreaterThan(8 * PARTITIONS);
  expect(replayed(second, "__consumer_offsets")).toBeLessThan(8 * PARTITIONS + 10);
  for (let g = 0; g < 8; g++) for (const p of [0, 41, 99]) expect(await committed(after, `g${g}`, "t", p)).toBe(19_000 + p);
  for (let g = 8; g < 10; g++) expect(await committed(after, `g${g}`, "t")).toBe(-1);
  expect(await committed(after, "last", "t")).toBe(2);
  expect(second.log.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
});

it("states of transactions", async () => {
  const { clock, timers, advance } = manualTime();
  const [disk, medium] = [memoryDisk(), memoryMedium()];
  const properties = { "transaction.state.log.num.partitions": "1" };
  const first = await started({ disk, medium, clock, timers, properties });
  const client = first.connect();
  await createTopic(client, "t");
  const producer = await transactionalProducer(client, "x");
  for (let i = 0; i < 100; i++) {
    expect(await producer.write("t", [String(i)])).toBe("NONE");
    expect(await (i % 2 === 0 ? producer.commit() : producer.abort())).toBe("NONE");
  }
  await eager(client, "__transaction_state");
  const open = await transactionalProducer(client, "open");
  expect(await open.write("t", ["undecided"])).toBe("NONE");
  await advance(BACKOFF_MS);
  await expect.poll(() => first.metric("moldau_compaction_passes_total")).toBeGreaterThan(0);
  await expect.poll(() => first.metric("moldau_compaction_running")).toBe(0);
  await first.stop();

  const second = await started({ disk: disk.restarted(), medium, clock, timers, properties });
  const after = second.connect();
  expect(await stateOf(after, "open", "Ongoing")).toBe("Ongoing");
  expect(replayed(second, "__transaction_state")).toBeLessThan(10);
  const again = await initTransactions(after, "x");
  expect([again.producerId, again.producerEpoch]).toEqual([producer.producerId, producer.producerEpoch + 1]);
  expect(await committedEnd(after, "t")).toBe(200);
});

it("offsets committed in transactions, some aborted, one open", async () => {
  const { clock, timers, advance } = manualTime();
  const [disk, medium] = [memoryDisk(), memoryMedium()];
  const properties = { "offsets.topic.num.partitions": "1", "transaction.state.log.num.partitions": "1" };
  const first = await started({ disk, medium, clock, timers, properties });
  const client = first.connect();
  await createTopic(client, "t");
  const producer = await transactionalProducer(client, "x");
  const send = async (groupId: string, offset: number) => {
    const { transactionalId, producerId, producerEpoch } = producer;
    const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: null }];
    const request = { transactionalId, groupId, producerId, producerEpoch, groupInstanceId: null, topics: [{ name: "t", partitions }] };
    const { topics } = await client.ask(TxnOffsetCommit, 5, request);
    expect(nameOf(topics[0]?.partitions[0]?.errorCode ?? -1)).toBe("NONE");
  };
  for (let i = 0; i < 60; i++) {
    await send(`g${i % 4}`, i);
    expect(await (i % 4 < 2 || i < 20 ? producer.commit() : producer.abort())).toBe("NONE");
    if (i === 0) await eager(client, "__consumer_offsets");
    if (i % 8 === 7) await advance(BACKOFF_MS);
  }
  await send("g0", 99);
  await advance(BACKOFF_MS);
  await expect.poll(() => first.metric("moldau_compaction_passes_total")).toBeGreaterThan(3);
  await expect.poll(() => first.metric("moldau_compaction_running")).toBe(0);
  const offsets = (client: TestClient) => Promise.all(["g0", "g1", "g2", "g3"].map((groupId) => committed(client, groupId, "t")));
  expect(await offsets(client)).toEqual([56, 57, 18, 19]);
  await first.stop();

  const second = await started({ disk: disk.restarted(), medium, clock, timers, properties });
  const after = second.connect();
  await expect.poll(() => offsets(after)).toEqual([56, 57, 18, 19]);
  expect(replayed(second, "__consumer_offsets")).toBeLessThan(40);
  // The transaction that was open is aborted when its time is up; until then its offset is pending.
  await advance(70_000);
  expect(await stateOf(after, "x", "CompleteAbort")).toBe("CompleteAbort");
  expect(await offsets(after)).toEqual([56, 57, 18, 19]);
});
