import { describe, expect, it } from "vitest";
import { type BatchInput, buildBatch } from "./build.js";
import { checkBatch, checkStoredBatch, type FaultKind } from "./check.js";
import { sealBatch } from "./patch.js";

const now = 1_700_000_000_000;
const batch = (input: Partial<BatchInput> = {}): Buffer =>
  Buffer.from(buildBatch({ records: ["a", "b", "c"].map((key) => ({ key: Buffer.from(key), timestamp: now })), ...input }));

/** A batch whose crc is right, and whose fields lie. */
function lying(lie: (bytes: Buffer) => unknown, input: Partial<BatchInput> = {}): Buffer {
  const bytes = batch(input);
  lie(bytes);
  sealBatch(bytes, 0);
  return bytes;
}

/** A batch that was damaged after its crc was taken. */
function damaged(damage: (bytes: Buffer) => unknown): Buffer {
  const bytes = batch();
  damage(bytes);
  return bytes;
}

const check = (bytes: Uint8Array) => checkBatch(bytes, 0, bytes.length);

describe("checkBatch", () => {
  it("passes batches that are what they say", () => {
    expect(check(batch())).toBeUndefined();
    expect(check(batch({ compression: "lz4", producerId: 7, producerEpoch: 0, baseSequence: 0, transactional: true }))).toBeUndefined();
    expect(check(lying((bytes) => bytes.writeInt16BE(0x4000, 21)))).toBeUndefined();
    expect(check(lying((bytes) => bytes.writeBigInt64BE(-7n, 43)))).toBeUndefined();
  });

  // What Kafka 4.3.1 answers to the same bytes, but for three: an unknown compression and a length beyond the request are its
  // UNKNOWN_SERVER_ERROR, and a LogAppendTime bit from a producer it takes back in silence where the topic is of CreateTime.
  it.each<[string, Buffer, string, FaultKind]>([
    ["nothing", Buffer.alloc(0), "INVALID_RECORD", "truncated"],
    ["a piece", batch().subarray(0, 10), "INVALID_RECORD", "truncated"],
    ["half a batch", batch().subarray(0, 80), "INVALID_RECORD", "truncated"],
    ["a length beyond all", damaged((bytes) => bytes.writeInt32BE(0x7fff_ffff, 8)), "INVALID_RECORD", "truncated"],
    ["a negative length", damaged((bytes) => bytes.writeInt32BE(-5, 8)), "CORRUPT_MESSAGE", "length"],
    ["a length below the header's", lying((bytes) => bytes.writeInt32BE(40, 8)), "CORRUPT_MESSAGE", "length"],
    ["magic 0", damaged((bytes) => bytes.writeInt8(0, 16)), "INVALID_RECORD", "magic"],
    ["magic 1", damaged((bytes) => bytes.writeInt8(1, 16)), "INVALID_RECORD", "magic"],
    ["magic 3", damaged((bytes) => bytes.writeInt8(3, 16)), "CORRUPT_MESSAGE", "magic"],
    ["magic -1", damaged((bytes) => bytes.writeInt8(-1, 16)), "CORRUPT_MESSAGE", "magic"],
    ["a flipped bit", damaged((bytes) => bytes.writeInt8(0x11, 80)), "CORRUPT_MESSAGE", "crc"],
    ["compression 5", lying((bytes) => bytes.writeInt16BE(5, 21)), "UNSUPPORTED_COMPRESSION_TYPE", "compression"],
    ["control records", batch({ control: true }), "INVALID_RECORD", "control"],
    ["LogAppendTime", batch({ timestampType: "LogAppendTime" }), "INVALID_TIMESTAMP", "timestamp"],
    ["a huge timestamp", lying((bytes) => bytes.writeBigInt64BE(2n ** 60n, 27)), "INVALID_TIMESTAMP", "timestamp"],
    ["a huge largest timestamp", lying((bytes) => bytes.writeBigInt64BE(2n ** 60n, 35)), "INVALID_TIMESTAMP", "timestamp"],
    ["a huge producer id", lying((bytes) => bytes.writeBigInt64BE(2n ** 60n, 43)), "INVALID_RECORD", "producer"],
    ["a base offset", batch({ baseOffset: 5 }), "INVALID_RECORD", "offset"],
    ["a negative base offset", lying((bytes) => bytes.writeBigInt64BE(-1n, 0)), "INVALID_RECORD", "offset"],
    ["a huge base offset", lying((bytes) => bytes.writeBigInt64BE(2n ** 60n, 0)), "INVALID_RECORD", "offset"],
    ["too small a count", lying((bytes) => bytes.writeInt32BE(2, 57)), "INVALID_RECORD", "count"],
    ["too large a count", lying((bytes) => bytes.writeInt32BE(4, 57)), "INVALID_RECORD", "count"],
    ["no records", lying((bytes) => bytes.writeInt32BE(0, 57)), "INVALID_RECORD", "count"],
    ["no records twice", lying((bytes) => bytes.writeInt32BE(-1, 23) + bytes.writeInt32BE(0, 57)), "INVALID_RECORD", "count"],
    ["a negative delta", lying((bytes) => bytes.writeInt32BE(-1, 23)), "INVALID_RECORD", "count"],
    ["a producer without sequence", batch({ producerId: 5, producerEpoch: 0 }), "INVALID_RECORD", "sequence"],
  ])("refuses %s", (_, bytes, error, kind) => {
    expect(check(bytes)).toMatchObject({ error, kind });
  });

  it("looks at no byte beyond its limit, and at none before its position", () => {
    const bytes = Buffer.concat([Buffer.alloc(7, 0xff), batch()]);
    expect(checkBatch(bytes, 7, bytes.length)).toBeUndefined();
    expect(checkBatch(bytes, 7, bytes.length - 1)).toMatchObject({ kind: "truncated" });
  });
});

describe("checkStoredBatch", () => {
  it("takes what a broker stored, and names what has changed since", () => {
    const stored = buildBatch({ records: [{ value: Buffer.from("v"), timestamp: 1 }], baseOffset: 7 });
    expect(checkStoredBatch(stored, 0, stored.length)).toBeUndefined();
    expect(checkStoredBatch(stored, 0, stored.length - 1)?.kind).toBe("truncated");
    stored[stored.length - 1] = (stored[stored.length - 1] ?? 0) ^ 1;
    expect(checkStoredBatch(stored, 0, stored.length)?.kind).toBe("crc");
  });
});
