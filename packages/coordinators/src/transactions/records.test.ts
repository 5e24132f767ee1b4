// Transactional ids as records: what is written is read again, and what Kafka has written before too.
import {
  encodeVersioned,
  GroupMetadataKey,
  ProtocolError,
  TransactionLogKey,
  TransactionLogValue,
  versionedPrefix,
} from "@moldau/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTransaction, encodeTransaction } from "./records.js";
import { transactionEvent } from "./state.js";
import type { Transaction } from "./transaction.js";

const producerId = fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER });
const timestamp = fc.integer({ min: 0, max: 4_102_444_800_000 });
const indexes = fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 5 }).map((all) => new Set(all));
const partitions = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1 }), indexes), { selector: ([topic]) => topic })
  .map((all) => new Map(all));

const transaction: fc.Arbitrary<Transaction> = fc
  .record({
    status: fc.constantFrom("Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort"),
    producerId,
    previousProducerId: producerId,
    nextProducerId: producerId,
    producerEpoch: fc.nat(32_767),
    timeoutMs: fc.nat(2_147_483_647),
    partitions,
    startedAtMs: fc.oneof(fc.constant(-1), timestamp),
    updatedAtMs: timestamp,
    clientVersion: fc.constantFrom(0, 1, 2),
  })
  .map((all) => ({ ...all, partitions: all.status === "Empty" ? new Map() : all.partitions, lastProducerEpoch: lastOf(all) }));

function lastOf({ status, clientVersion, producerEpoch }: Pick<Transaction, "status" | "clientVersion" | "producerEpoch">): number {
  if (clientVersion < 2 || status === "Empty" || status === "Ongoing") return -1;
  return producerEpoch > 0 ? producerEpoch - 1 : 32_766;
}

const key = encodeVersioned(TransactionLogKey, 0, { transactionalId: "pay" });
const value = {
  producerId: 7,
  producerEpoch: 3,
  transactionTimeoutMs: 60_000,
  transactionStatus: 1,
  transactionPartitions: [{ topic: "t", partitionIds: [0, 2] }],
  transactionLastUpdateTimestampMs: 2_000,
  transactionStartTimestampMs: 1_000,
};

describe("records of transactional ids", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(fc.string(), fc.option(transaction, { nil: undefined }), (id, one) => {
        const event = transactionEvent(id, one);
        const record = encodeTransaction(event);
        expect(decodeTransaction(record.key, record.value)).toEqual(event);
      }),
      { numRuns: 500 },
    );
  });

  it("have the key and the version of the value that Kafka 4.3 writes", () => {
    const { key: written, value: bytes } = encodeTransaction(
      decodeTransaction(key, encodeVersioned(TransactionLogValue, 1, value)) ?? nothing(),
    );
    expect(Buffer.from(written).toString("hex")).toBe("00000003706179");
    expect(bytes && versionedPrefix(bytes)).toBe(1);
  });

  it("of version 0 know nothing of other producer ids, or of what the client speaks", () => {
    expect(decodeTransaction(key, encodeVersioned(TransactionLogValue, 0, value))).toEqual(
      transactionEvent("pay", {
        status: "Ongoing",
        producerId: 7,
        previousProducerId: -1,
        nextProducerId: -1,
        producerEpoch: 3,
        lastProducerEpoch: -1,
        timeoutMs: 60_000,
        partitions: new Map([["t", new Set([0, 2])]]),
        startedAtMs: 1_000,
        updatedAtMs: 2_000,
        clientVersion: 0,
      }),
    );
  });

  it("without a value are ids that have expired", () => {
    expect(decodeTransaction(key, null)).toEqual(transactionEvent("pay", undefined));
  });

  it("of another kind are not ours", () => {
    expect(decodeTransaction(encodeVersioned(GroupMetadataKey, 0, { group: "g" }), null)).toBeUndefined();
  });

  it("that are damaged, or of a state that is never written, are refused", () => {
    const bytes = encodeVersioned(TransactionLogValue, 1, value);
    expect(() => decodeTransaction(key, bytes.subarray(0, 20))).toThrow(ProtocolError);
    for (const transactionStatus of [6, 7, 8, -1]) {
      expect(() => decodeTransaction(key, encodeVersioned(TransactionLogValue, 1, { ...value, transactionStatus }))).toThrow(ProtocolError);
    }
    expect(() => decodeTransaction(key, encodeVersioned(TransactionLogValue, 1, { ...value, clientTransactionVersion: 3 }))).toThrow(
      ProtocolError,
    );
  });
});

const nothing = (): never => {
  throw new Error("the record is one of ours");
};
