// Which batches programs get: the rules of read_committed, and of what was read before.
import { buildBatch, controlBatch, emptyBatch } from "@moldau/records";
import { describe, expect, it } from "vitest";
import { type AbortedTransaction, endOf, readableBatches } from "./readable-batches.js";

const place = { topic: "orders", partition: 3 };
const value = Buffer.from("v");
const plain = (baseOffset: number, count = 1) =>
  buildBatch({ baseOffset, records: Array.from({ length: count }, () => ({ value })), leaderEpoch: 4 });
const written = (baseOffset: number, producerId: number) =>
  buildBatch({ baseOffset, records: [{ value }], producerId, producerEpoch: 0, baseSequence: 0, transactional: true });
const marker = (type: "COMMIT" | "ABORT", baseOffset: number, producerId: number) =>
  controlBatch({ type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0, baseOffset });

function readFrom(batches: readonly Uint8Array[], fromOffset = 0, aborted?: readonly AbortedTransaction[]): number[] {
  const next = readableBatches({ place, bytes: Buffer.concat(batches), fromOffset, aborted, verifyChecksums: true });
  const offsets: number[] = [];
  for (let batch = next(); batch !== undefined; batch = next()) offsets.push(batch.header.baseOffset);
  return offsets;
}

describe("readable batches", () => {
  it("are those that reach to the offset, without control records and empty ones", () => {
    const log = [
      plain(0, 5),
      plain(5, 5),
      marker("COMMIT", 10, 1),
      emptyBatch({ baseOffset: 11, lastOffset: 14, leaderEpoch: 0 }),
      plain(15),
    ];
    expect(readFrom(log)).toEqual([0, 5, 15]);
    expect(readFrom(log, 7)).toEqual([5, 15]);
    expect(readFrom(log, 10)).toEqual([15]);
  });

  it("are none of aborted transactions under read_committed, from where those began until their markers", () => {
    const log = [
      written(0, 1),
      written(1, 2),
      plain(2),
      marker("ABORT", 3, 1),
      written(4, 1),
      marker("COMMIT", 5, 1),
      marker("ABORT", 6, 2),
    ];
    const aborted = [
      { producerId: 2, firstOffset: 1 },
      { producerId: 1, firstOffset: 0 },
    ];
    expect(readFrom(log, 0, aborted)).toEqual([2, 4]);
    expect(readFrom(log)).toEqual([0, 1, 2, 4]);
    expect(readFrom(log, 0, [])).toEqual([0, 1, 2, 4]);
  });

  it("are aborted though the transaction began before what was fetched", () => {
    expect(readFrom([written(20, 1), marker("ABORT", 21, 1), written(22, 1)], 20, [{ producerId: 1, firstOffset: 3 }])).toEqual([22]);
  });

  it("end where a batch is cut off", () => {
    const cut = plain(5).subarray(0, 65);
    expect(readFrom([plain(0), cut])).toEqual([0]);
    expect(endOf(Buffer.concat([plain(0, 5), cut]))).toEqual({ offset: 5, epoch: 4 });
    expect(endOf(cut)).toBeUndefined();
  });

  it("are refused when they are damaged, with their place", () => {
    const damaged = Buffer.from(plain(0));
    damaged[damaged.length - 1] = 99;
    expect(() => readFrom([damaged])).toThrow(expect.objectContaining({ code: "CORRUPT_MESSAGE", topic: "orders", partition: 3 }));
  });
});
