// Batches that foreign producers made and Kafka 4.3.1 stored: its segment files, of the Java producer and of librdkafka (kcat).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { batchCrc } from "./check.js";
import { type BatchHeader, readBatchHeader } from "./header.js";
import { records } from "./iterate.js";
import { validateRecords } from "./validate.js";
import { batches } from "./walk.js";

const text = (bytes: Uint8Array | null): string | null => (bytes ? Buffer.from(bytes).toString() : null);

function readAll(name: string) {
  const bytes = readFileSync(new URL(`../testdata/${name}.batches`, import.meta.url));
  const headers: BatchHeader[] = [];
  const found = [...batches(bytes)].flatMap((position) => {
    const header = readBatchHeader(bytes, position);
    expect(batchCrc(bytes, position)).toBe(header.crc);
    expect(validateRecords(bytes, position, { keysRequired: false })).toEqual([]);
    headers.push(header);
    return [...records(bytes, position)];
  });
  expect(headers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(bytes.length);
  const readable = found.map(({ key, value, headers: pairs, ...rest }) => ({
    ...rest,
    key: text(key),
    value: text(value),
    headers: pairs.map((pair) => [pair.key, text(pair.value)]),
  }));
  return { headers, records: readable };
}

const longValue = Array.from({ length: 2500 }, (_, index) => `line ${index} of a long value; `).join("");
const start = 1_700_000_000_000;

describe("the Java producer's", () => {
  it.each(["none", "gzip", "snappy", "lz4", "zstd"])("%s", (compression) => {
    const { headers, records } = readAll(`java-${compression}`);
    expect(headers).toMatchObject([{ compression, baseOffset: 0, recordCount: records.length, maxTimestamp: start + 1000 }]);
    const sequences = compression === "none" ? [-1, -1, -1, -1] : [0, 1, 2, 3];
    const pairs = [
      ["h1", "one"],
      ["h2", null],
      ["h1", ""],
    ];
    expect(records.slice(0, 4)).toEqual([
      { offset: 0, sequence: sequences[0], timestamp: start, key: "key", value: "value", headers: pairs },
      { offset: 1, sequence: sequences[1], timestamp: start + 5, key: null, value: "no key", headers: [] },
      { offset: 2, sequence: sequences[2], timestamp: start - 7, key: "tombstone", value: null, headers: [] },
      { offset: 3, sequence: sequences[3], timestamp: start + 1000, key: "", value: "", headers: [] },
    ]);
    expect(records.slice(4).map(({ value }) => value)).toEqual(compression === "none" ? [] : [longValue]);
  });

  it("transactions", () => {
    const { headers } = readAll("java-transactions");
    expect(headers.map(({ transactional, control, baseOffset }) => [transactional, control, baseOffset])).toEqual([
      [true, false, 0],
      [true, true, 1],
      [true, false, 2],
      [true, true, 3],
    ]);
  });
});

describe("librdkafka's", () => {
  it.each(["gzip", "snappy", "lz4", "zstd"])("%s", (compression) => {
    const { headers, records } = readAll(`kcat-${compression}`);
    expect(new Set(headers.map((header) => header.compression))).toEqual(new Set([compression]));
    const expected = Array.from({ length: 50 }, (_, index) => ({
      offset: index,
      key: `k${index + 1}`,
      value: `value ${index + 1} of kcat, value ${index + 1} again, and again value ${index + 1}`,
      headers: [["trace", "abc"]],
    }));
    expect(records).toMatchObject(expected);
  });
});
