// Markers of __consumer_offsets: when there is anything to write, who refuses, and who is told that a transaction is over.
import type { Coordinators, GroupsCommand, GroupsState } from "@moldau/coordinators";
import type { TopicImage } from "@moldau/metadata";
import { expect, it } from "vitest";
import type { Partition } from "../partitions/partition.js";
import type { Partitions } from "../partitions/partitions.js";
import type { MarkerVerdict } from "../partitions/producer-state.js";
import { offsetTransactions } from "./offset-transactions.js";

const MARKER = { producerId: 7, producerEpoch: 3, coordinatorEpoch: 1, commit: true, transactionVersion: 2 };

interface World {
  readonly verdict?: MarkerVerdict;
  readonly outcome?: unknown;
  readonly exists?: boolean;
}

/** Only what is asked for is there. */
function bench({ verdict = { kind: "new" }, outcome = { kind: "answered", response: undefined }, exists = true }: World = {}) {
  const asked: unknown[] = [];
  const awaited: unknown[] = [];
  const partition = {
    deleted: () => false,
    producers: () => ({ checkMarker: () => verdict, lastMarkerOffset: () => 41 }),
    durable: async (batch: unknown) => void awaited.push(batch),
  } as unknown as Partition;
  const ask = (command: (ticket: { id: number }) => unknown) => {
    asked.push(command({ id: 1 }));
    return { outcome: Promise.resolve(outcome), abandon: () => {} };
  };
  const transactions = offsetTransactions({
    topic: { name: "__consumer_offsets", find: () => ({}) as TopicImage },
    partitions: { find: async () => (exists ? partition : undefined) } as unknown as Partitions,
    coordinators: { of: () => ({ ask, state: () => undefined }) } as unknown as Coordinators<GroupsState, GroupsCommand>,
  });
  return { transactions, asked, awaited };
}

it("goes to the coordinator of the partition", async () => {
  const { transactions, asked } = bench();
  expect(await transactions.ended(4, MARKER)).toBeUndefined();
  const end = { producerId: 7, producerEpoch: 3, coordinatorEpoch: 1, commit: true };
  expect(asked).toEqual([{ kind: "transactionEnded", ticket: { id: 1 }, end }]);
});

it("is not written twice; who asks again waits until the first is durable", async () => {
  const { transactions, asked, awaited } = bench({ verdict: { kind: "written" } });
  expect(await transactions.ended(4, MARKER)).toBeUndefined();
  expect([asked, awaited]).toEqual([[], [{ lastOffset: 41 }]]);
});

it("is refused when the partition has heard of something newer, and has nothing to end where there is no partition", async () => {
  const { transactions } = bench({ verdict: { kind: "refused", error: "INVALID_PRODUCER_EPOCH", message: "too old" } });
  expect(await transactions.ended(4, MARKER)).toMatchObject({ error: "INVALID_PRODUCER_EPOCH", message: "too old" });
  expect(await bench({ exists: false }).transactions.ended(4, MARKER)).toBeUndefined();
});

it("is to be tried again when the coordinator gives no answer", async () => {
  const { transactions } = bench({ outcome: { kind: "refused", error: "NOT_COORDINATOR" } });
  await expect(transactions.ended(4, MARKER)).rejects.toThrow("NOT_COORDINATOR");
});

it("is heard of by those who look at the same producer in the same partition, from then on and no longer than they look", async () => {
  const { transactions } = bench();
  const [mine, another, elsewhere, stopped] = [[4, 7] as const, [4, 8] as const, [5, 7] as const, [4, 7] as const].map(([partition, id]) =>
    transactions.watch(partition, id),
  );
  stopped?.stop();
  await transactions.ended(4, MARKER);
  const later = transactions.watch(4, 7);
  expect([mine, another, elsewhere, stopped, later].map((watch) => watch?.isOver)).toEqual([true, false, false, false, false]);
});
