// What is in hand is not processed, what was handed out before is, and a loop that is left gives back what it had.
import { buildBatch } from "@moldau/records";
import { describe, expect, it } from "vitest";
import { deliveryOf } from "./delivery.js";
import { fetchedChunks } from "./fetching/fetched-chunks.js";
import { endOf, readableBatches } from "./fetching/readable-batches.js";
import { type PartitionState, partitionState, seek } from "./positions/partition-state.js";

function setUp() {
  const chunks = fetchedChunks();
  const delivery = deliveryOf<Uint8Array | null, Uint8Array | null>(chunks, {}, () => {});
  /** Batches of so many records each, as if just fetched. */
  const fetched = (state: PartitionState, ...counts: number[]) => {
    let baseOffset = state.fetchPosition;
    const batches = counts.map((count) => {
      const batch = buildBatch({ baseOffset, records: Array.from({ length: count }, () => ({ value: Buffer.from("v") })), leaderEpoch: 2 });
      baseOffset += count;
      return batch;
    });
    const bytes = Buffer.concat(batches);
    const end = endOf(bytes) ?? { offset: -1, epoch: -1 };
    const next = readableBatches({ place: state, bytes, fromOffset: state.fetchPosition, aborted: [], verifyChecksums: false });
    state.fetchPosition = end.offset;
    const { incarnation } = state;
    chunks.add(1, [{ state, incarnation, bytes, next, endOffset: end.offset, endEpoch: end.epoch, highWatermark: 100 }]);
  };
  return { chunks, delivery, fetched, state: partitionState({ topic: "orders", partition: 0, offset: 0 }) };
}

describe("delivery", () => {
  it("counts a record as processed when more is asked for", () => {
    const { delivery, fetched, state } = setUp();
    fetched(state, 2, 1);
    expect(delivery.processedBelow(state)).toBe(0);
    expect(delivery.nextRecord()?.offset).toBe(0);
    expect([delivery.processedBelow(state), state.position, delivery.isInHand(state)]).toEqual([0, 1, true]);
    delivery.processed();
    expect([delivery.processedBelow(state), delivery.isInHand(state)]).toEqual([1, false]);
    expect([delivery.nextRecord()?.offset, delivery.nextRecord()?.offset]).toEqual([1, 2]);
    expect(delivery.processedBelow(state)).toBe(2);
    expect(delivery.nextRecord()).toBeUndefined();
    expect(state.positionEpoch).toBe(2);
  });

  it("counts a batch as a whole", () => {
    const { delivery, fetched, state } = setUp();
    fetched(state, 3, 2);
    expect(delivery.nextBatch()).toMatchObject({ firstOffset: 0, lastOffset: 2, highWatermark: 100, lag: 97 });
    expect([delivery.processedBelow(state), state.position]).toEqual([0, 3]);
    expect(delivery.nextBatch()).toMatchObject({ firstOffset: 3, lastOffset: 4 });
    expect(delivery.processedBelow(state)).toBe(3);
  });

  it("hands out the rest of a batch that was begun record by record", () => {
    const { delivery, fetched, state } = setUp();
    fetched(state, 3);
    delivery.nextRecord();
    const rest = delivery.nextBatch();
    expect(rest).toMatchObject({ firstOffset: 1, lastOffset: 2 });
    expect([...(rest?.records ?? [])].map(({ offset }) => offset)).toEqual([1, 2]);
  });

  it("takes back what was in hand, for it to be fetched again", () => {
    const { delivery, fetched, state, chunks } = setUp();
    fetched(state, 3);
    delivery.nextRecord();
    delivery.processed();
    delivery.nextRecord();
    delivery.giveBack();
    expect([state.position, state.fetchPosition, delivery.processedBelow(state)]).toEqual([1, 1, 1]);
    expect(chunks.first()).toBeUndefined();
  });

  it("hands out nothing of a partition that was sought elsewhere, also in the middle of a batch", () => {
    const { delivery, fetched, state } = setUp();
    const other = partitionState({ topic: "orders", partition: 1, offset: 7 });
    fetched(state, 3);
    fetched(other, 1);
    delivery.nextRecord();
    seek(state, 50);
    expect(delivery.nextRecord()).toMatchObject({ partition: 1, offset: 7 });
    expect(state.position).toBe(50);
  });
});
