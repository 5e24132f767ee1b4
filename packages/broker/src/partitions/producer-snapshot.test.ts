// Snapshots that brokers before this one have stored are read, too. What is written now is covered by the tests of what is kept in it.
import { expect, it } from "vitest";
import { abortedTransactions } from "./aborted-transactions.js";
import { decodeProducerStates } from "./producer-snapshot.js";

it("reads version 2, which had each aborted transaction by itself", () => {
  const aborted = Array.from({ length: 300 }, (_, i) => ({ producerId: 7 + i, firstOffset: 10 * i, lastOffset: 10 * i + 25 }));
  const bytes = Buffer.alloc(1 + 4 + 16 + 4 + 24 * aborted.length + 23);
  let at = bytes.writeUInt8(2);
  at = bytes.writeUInt32BE(1, at);
  at = bytes.writeDoubleBE(4_000, bytes.writeBigInt64BE(9n, at));
  at = bytes.writeUInt32BE(aborted.length, at);
  for (const { producerId, firstOffset, lastOffset } of aborted) {
    at = bytes.writeDoubleBE(lastOffset, bytes.writeDoubleBE(firstOffset, bytes.writeBigInt64BE(BigInt(producerId), at)));
  }
  at = bytes.writeInt32BE(5, bytes.writeInt16BE(3, bytes.writeBigInt64BE(9n, at)));
  bytes.writeUInt8(0, bytes.writeDoubleBE(1_000, at));
  const { entries, transactions } = decodeProducerStates(bytes, 0);
  expect(transactions.open).toEqual([{ producerId: 9, firstOffset: 4_000 }]);
  expect(abortedTransactions(transactions.aborted).within(0, () => Number.POSITIVE_INFINITY)).toEqual(aborted);
  expect(entries).toMatchObject([{ producerId: 9, epoch: 3, coordinatorEpoch: 5, lastTimestamp: 1_000, batches: [] }]);
});

it("refuses a version that it does not know", () => {
  expect(() => decodeProducerStates(Uint8Array.of(1, 0, 0, 0, 0), 0)).toThrow("version 1");
});
