import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { controlBatch, controlType, coordinatorEpoch } from "./control.js";
import { readBatchHeader } from "./header.js";
import { records } from "./iterate.js";
import type { Record } from "./record.js";
import { batches } from "./walk.js";

const transactions = readFileSync(new URL("../testdata/java-transactions.batches", import.meta.url));
const first = (bytes: Uint8Array, position: number): Record => {
  for (const record of records(bytes, position)) return record;
  throw new Error("an empty batch");
};

it("reads the markers that Kafka's coordinator wrote", () => {
  const markers = [...batches(transactions)].filter((position) => readBatchHeader(transactions, position).control);
  expect(markers.map((position) => controlType(first(transactions, position)))).toEqual(["COMMIT", "ABORT"]);
  expect(markers.map((position) => coordinatorEpoch(first(transactions, position)))).toEqual([0, 0]);
});

it("writes them byte for byte as Kafka does", () => {
  for (const position of batches(transactions)) {
    const header = readBatchHeader(transactions, position);
    if (!header.control) continue;
    const record = first(transactions, position);
    const type = controlType(record);
    expect(type === "COMMIT" || type === "ABORT").toBe(true);
    const { producerId, producerEpoch, baseOffset, leaderEpoch } = header;
    const fields = {
      producerId,
      producerEpoch,
      baseOffset,
      leaderEpoch,
      coordinatorEpoch: coordinatorEpoch(record),
      timestamp: record.timestamp,
    };
    const ours = controlBatch({ type: type as "COMMIT" | "ABORT", ...fields });
    expect(Buffer.from(ours)).toEqual(transactions.subarray(position, position + header.sizeBytes));
  }
});

it("passes over types it does not know, and refuses what is none", () => {
  expect(controlType({ key: Uint8Array.of(0, 0, 0, 2) })).toBe("LEADER_CHANGE");
  expect(controlType({ key: Uint8Array.of(0, 0, 0, 99) })).toBeUndefined();
  expect(() => controlType({ key: null })).toThrow("no type");
  expect(() => controlType({ key: Uint8Array.of(0, 0) })).toThrow("no type");
  expect(() => coordinatorEpoch({ value: Uint8Array.of(0, 0, 1) })).toThrow("cut off");
});
