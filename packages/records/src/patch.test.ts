import { expect, it } from "vitest";
import { buildBatch } from "./build.js";
import { batchCrc, checkBatch } from "./check.js";
import { readBatchHeader } from "./header.js";
import { records } from "./iterate.js";
import { patchBatch, setLogAppendTime } from "./patch.js";

const twoRecords = () => buildBatch({ records: [{ timestamp: 10 }, { timestamp: 30 }] });

it("gives a batch its place without touching what the crc covers", () => {
  const bytes = Buffer.concat([Buffer.alloc(5), twoRecords()]);
  const before = readBatchHeader(bytes, 5);
  patchBatch(bytes, 5, { baseOffset: 2 ** 41 + 3, leaderEpoch: 9 });
  const after = readBatchHeader(bytes, 5);
  expect(after).toEqual({ ...before, baseOffset: 2 ** 41 + 3, lastOffset: 2 ** 41 + 4, leaderEpoch: 9 });
  expect(batchCrc(bytes, 5)).toBe(after.crc);
  expect(Array.from(records(bytes, 5), ({ offset }) => offset)).toEqual([2 ** 41 + 3, 2 ** 41 + 4]);
});

it("makes one time the time of all records, under a new crc", () => {
  const bytes = Buffer.concat([Buffer.alloc(5), twoRecords()]);
  const before = readBatchHeader(bytes, 5);
  setLogAppendTime(bytes, 5, 1_700_000_000_000);
  const after = readBatchHeader(bytes, 5);
  const crc = batchCrc(bytes, 5);
  expect(after).toEqual({ ...before, attributes: 8, timestampType: "LogAppendTime", maxTimestamp: 1_700_000_000_000, crc });
  expect(crc).not.toBe(before.crc);
  expect(checkBatch(bytes, 5, bytes.length)?.kind).toBe("timestamp");
  expect(Array.from(records(bytes, 5), ({ timestamp }) => timestamp)).toEqual([1_700_000_000_000, 1_700_000_000_000]);
});
