import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildBatch } from "./build.js";
import { RecordsError } from "./errors.js";
import * as header from "./header.js";

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const vector = (name: string): Buffer => readFileSync(new URL(`../testdata/${name}`, import.meta.url));

describe("readBatchHeader", () => {
  it("reads every field of a batch that Kafka wrote", () => {
    expect(header.readBatchHeader(vector("java-none.batches"), 0)).toEqual({
      baseOffset: 0,
      batchLength: 116,
      sizeBytes: 128,
      leaderEpoch: 0,
      magic: 2,
      crc: vector("java-none.batches").readUInt32BE(17),
      attributes: 0,
      compression: "none",
      timestampType: "CreateTime",
      transactional: false,
      control: false,
      deleteHorizon: false,
      lastOffsetDelta: 3,
      lastOffset: 3,
      baseTimestamp: 1_700_000_000_000,
      maxTimestamp: 1_700_000_001_000,
      producerId: -1,
      producerEpoch: -1,
      baseSequence: -1,
      recordCount: 4,
    });
  });

  it("reads what the attributes say, wherever the batch lies", () => {
    const batch = buildBatch({
      records: [{ value: bytesOf("a"), timestamp: 5 }, { value: bytesOf("b") }],
      baseOffset: 2 ** 40 + 7,
      compression: "zstd",
      timestampType: "LogAppendTime",
      transactional: true,
      control: true,
      producerId: 2 ** 50,
      producerEpoch: 32_767,
      baseSequence: 2 ** 31 - 1,
      leaderEpoch: 12,
    });
    const shifted = new Uint8Array(batch.length + 13);
    shifted.set(batch, 13);
    expect(header.readBatchHeader(shifted, 13)).toMatchObject({
      baseOffset: 2 ** 40 + 7,
      lastOffset: 2 ** 40 + 8,
      attributes: 0x3c,
      compression: "zstd",
      timestampType: "LogAppendTime",
      transactional: true,
      control: true,
      producerId: 2 ** 50,
      producerEpoch: 32_767,
      baseSequence: 2 ** 31 - 1,
      leaderEpoch: 12,
      baseTimestamp: 5,
      maxTimestamp: 5,
    });
  });

  it("knows a delete horizon", () => {
    const batch = buildBatch({ records: [{}] });
    batch[22] = 0x40;
    expect(header.readBatchHeader(batch, 0).deleteHorizon).toBe(true);
  });

  it("refuses what is cut off, of another magic, of an unknown compression, or beyond 2^53", () => {
    const batch = buildBatch({ records: [{}] });
    const changed = (at: number, value: number) => {
      const copy = Uint8Array.from(batch);
      copy[at] = value;
      return copy;
    };
    expect(() => header.readBatchHeader(batch.subarray(0, 60), 0)).toThrow(RecordsError);
    expect(() => header.readBatchHeader(batch, 10)).toThrow("cut off");
    expect(() => header.readBatchHeader(changed(16, 1), 0)).toThrow("magic 1");
    expect(() => header.readBatchHeader(changed(22, 5), 0)).toThrow("unknown compression 5");
    expect(() => header.readBatchHeader(changed(0, 0x10), 0)).toThrow("beyond 2^53");
  });
});

describe("fields on their own", () => {
  it("are those of the header", () => {
    const bytes = vector("java-transactions.batches");
    const position = 150;
    const whole = header.readBatchHeader(bytes, position);
    expect(header.batchSizeBytes(bytes, position)).toBe(whole.sizeBytes);
    expect(header.batchBaseOffset(bytes, position)).toBe(whole.baseOffset);
    expect(header.batchLastOffset(bytes, position)).toBe(whole.lastOffset);
    expect(header.batchMaxTimestamp(bytes, position)).toBe(whole.maxTimestamp);
    expect(header.batchMagic(bytes, position)).toBe(whole.magic);
    expect(header.batchLeaderEpoch(bytes, position)).toBe(whole.leaderEpoch);
    expect(header.batchAttributes(bytes, position)).toBe(whole.attributes);
    expect(header.batchProducerId(bytes, position)).toBe(whole.producerId);
    expect(header.batchRecordCount(bytes, position)).toBe(whole.recordCount);
    expect(header.batchCompression(bytes, position)).toBe(whole.compression);
  });
});
