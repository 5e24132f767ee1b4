import { describe, expect, it } from "vitest";
import { buildBatch } from "./build.js";
import { RecordsError } from "./errors.js";
import { records } from "./iterate.js";

// The batch below: length, attributes, timestamp delta, offset delta, key length, key (2), value length, value (2), header count,
// header key length, header key, header value length, header value; twice.
const LENGTH = 61;
const KEY_LENGTH = 65;
const VALUE_LENGTH = 68;
const HEADER_COUNT = 71;
const HEADER_KEY_LENGTH = 72;
const HEADER_VALUE_LENGTH = 74;
const SECOND = 76;

const record = { key: Buffer.from("ke"), value: Buffer.from("va"), headers: [{ key: "h", value: Buffer.from("x") }], timestamp: 7 };
const batch = (): Buffer => Buffer.from(buildBatch({ records: [record, record] }));

function damaged(...changes: readonly (readonly [at: number, value: number])[]): Buffer {
  const bytes = batch();
  for (const [at, value] of changes) bytes.writeInt8(value, at);
  return bytes;
}

describe("records", () => {
  it("gives views of the batch", () => {
    const bytes = batch();
    const [first] = records(bytes);
    expect(first).toMatchObject({ offset: 0, timestamp: 7, headers: [{ key: "h" }] });
    bytes.write("!!", KEY_LENGTH + 1);
    expect(Buffer.from(first?.key ?? []).toString()).toBe("!!");
  });

  it("can be read again, and left early", () => {
    const twice = records(batch());
    expect([...twice].map(({ offset }) => offset)).toEqual([0, 1]);
    expect([...twice].map(({ offset }) => offset)).toEqual([0, 1]);
    const [first] = records(damaged([SECOND, 100]));
    expect(first?.offset).toBe(0);
  });

  it("reads nothing from a batch that compaction emptied", () => {
    const bytes = batch().subarray(0, 61);
    bytes.writeInt32BE(49, 8);
    bytes.writeInt32BE(0, 57);
    bytes.writeInt16BE(4, 21);
    expect([...records(bytes)]).toEqual([]);
  });

  // Lengths are zigzag: 2 is written as 4.
  it.each<[string, Buffer, string]>([
    ["a record longer than the batch", damaged([SECOND, 100]), "passes the batch's end"],
    ["a record of no bytes", damaged([LENGTH, 0]), "a record of 0 bytes"],
    ["a record of fewer bytes than none", damaged([LENGTH, 1]), "a record of -1 bytes"],
    ["a record longer than its fields", damaged([HEADER_COUNT, 0]), "not that of its fields"],
    ["a key that takes the next record's bytes", damaged([KEY_LENGTH, 24]), "passes its record's end"],
    ["a value one byte too long", damaged([VALUE_LENGTH, 16], [HEADER_COUNT, 0]), "passes its record's end"],
    ["more headers than fit", damaged([HEADER_COUNT, 6]), "cannot have 3 headers"],
    ["fewer headers than none", damaged([HEADER_COUNT, 1]), "cannot have -1 headers"],
    ["a header without key", damaged([HEADER_KEY_LENGTH, 1]), "has no key"],
    ["a header's value that takes the next record's bytes", damaged([HEADER_VALUE_LENGTH, 8]), "passes its record's end"],
    ["bytes after the last record", damaged([60, 1]), "left after"],
    ["fewer records than counted", damaged([60, 3]), "varint is cut off"],
    ["a count below none", damaged([57, -1]), "cannot have"],
    ["a batch cut off", batch().subarray(0, 80), "a record batch is cut off"],
    ["a batch shorter than its header", damaged([11, 40]), "a record batch is cut off"],
  ])("refuses %s", (_, bytes, message) => {
    const read = () => [...records(bytes)];
    expect(read).toThrow(RecordsError);
    expect(read).toThrow(message);
  });
});
