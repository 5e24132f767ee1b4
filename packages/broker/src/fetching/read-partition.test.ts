// A read that takes long, and what becomes of the log meanwhile.
import { buildBatch } from "@moldau/records";
import type { Log, LogSlice } from "@moldau/storage";
import { expect, it } from "vitest";
import type { AbortedTransaction } from "../partitions/aborted-transactions.js";
import type { Partition } from "../partitions/partition.js";
import { readPartition } from "./read-partition.js";

const REQUEST = { currentLeaderEpoch: -1, lastFetchedEpoch: -1, fetchOffset: 0 } as Parameters<typeof readPartition>[1];
const BUDGET = { maxBytes: 1e6, atLeastOne: true };
const ABORTED: AbortedTransaction = { producerId: 7, firstOffset: 0, lastOffset: 2 };

/** A partition of which reads are answered when the test says so. */
function slowPartition() {
  const reads: ((value: string) => void)[] = [];
  const state = { compactions: 0, aborted: [ABORTED] as AbortedTransaction[], held: 0 };
  const read = () =>
    new Promise<LogSlice>((resolve) => {
      reads.push((value) => {
        const part = buildBatch({ records: [{ value: Buffer.from(value) }, { value: null }, { value: null }] });
        state.held++;
        resolve({ parts: [part], sizeBytes: part.length, release: () => state.held-- });
      });
    });
  const transactions = { lastStableOffset: () => 3, abortedWithin: () => state.aborted };
  const partition = {
    log: { logStartOffset: 0, highWatermark: 3, read } as unknown as Log,
    leaderEpoch: 0,
    deleted: () => false,
    compactions: () => state.compactions,
    producers: () => ({ transactions }),
  } as unknown as Partition;
  return { partition, reads, state };
}

const failure = () => "KAFKA_STORAGE_ERROR" as const;
const turn = () => new Promise((resolve) => setImmediate(resolve));

it("reads again when the log was compacted meanwhile: records that nothing tells of any more as aborted are not given", async () => {
  const { partition, reads, state } = slowPartition();
  const answer = readPartition(partition, REQUEST, BUDGET, "read_committed", failure);
  state.compactions = 1;
  state.aborted = [];
  reads[0]?.("aborted");
  await turn();
  expect([reads.length, state.held]).toEqual([2, 0]);
  reads[1]?.("left");
  const { slice, aborted } = await answer;
  expect([Buffer.from(slice?.parts[0] ?? []).includes("left"), aborted, state.held]).toEqual([true, [], 1]);
});

it("reads once when it was not, or when all records are wanted", async () => {
  for (const [isolation, told] of [
    ["read_committed", [ABORTED]],
    ["read_uncommitted", undefined],
  ] as const) {
    const { partition, reads, state } = slowPartition();
    const answer = readPartition(partition, REQUEST, BUDGET, isolation, failure);
    if (isolation === "read_uncommitted") state.compactions = 1;
    reads[0]?.("a");
    expect((await answer).aborted).toEqual(told);
    expect([reads.length, state.held]).toEqual([1, 1]);
  }
});
