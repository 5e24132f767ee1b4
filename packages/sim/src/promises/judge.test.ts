import { describe, expect, it } from "vitest";
import { judge } from "./judge.js";
import { type LogBook, logBook, type SeenRecord } from "./log-book.js";
import { batchName, recordName } from "./record-name.js";

/** Two batches of two records, acknowledged at offsets 0 and 2. */
function writtenBook(keepsBytes?: number): LogBook {
  const book = logBook("t-0", () => 12, keepsBytes);
  for (const batch of [0, 1]) {
    const sent = { name: batchName(1, batch), timestamps: [100, 101], bytes: new Uint8Array(50), idempotent: true };
    book.sent(sent);
    book.acknowledged(sent, batch * 2);
  }
  return book;
}

const record = (offset: number, batch: number, place: number): SeenRecord => ({
  offset,
  name: recordName(batchName(1, batch), place),
  timestamp: 100 + place,
});
const WHOLE = [record(0, 0, 0), record(1, 0, 1), record(2, 1, 0), record(3, 1, 1)];
const KILL = { atMs: 20, how: "kill" as const };

const verdict = (records: readonly SeenRecord[], logStartOffset = 0, book = writtenBook()) =>
  judge(book, { logStartOffset, records }, [KILL]);

describe("judge", () => {
  it("finds nothing wrong with what was promised", () => {
    expect(verdict(WHOLE)).toEqual([]);
  });

  it("says which record is absent, and since when it may be", () => {
    expect(verdict(WHOLE.slice(0, 2))).toEqual([
      "t-0: record 1/1/0, acknowledged at offset 2 at 12.0 ms, is absent after the kill at 20.0 ms",
    ]);
  });

  it("lets retention take what need not be kept, and no more", () => {
    expect(verdict(WHOLE.slice(2), 2, writtenBook(50))).toEqual([]);
    expect(verdict(WHOLE.slice(2), 2, writtenBook(51))).toEqual(["t-0: retention is to keep 51 bytes, and from 2 on there are 50"]);
    expect(verdict(WHOLE.slice(2), 2)).toEqual(["t-0: the log begins at 2, which nobody asked for"]);
  });

  it("finds half a batch, a batch stored twice, and one that nobody sent", () => {
    expect(verdict(WHOLE.slice(0, 3))).toContainEqual(expect.stringContaining("is not the rest of the batch"));
    const again = [...WHOLE, record(4, 1, 0), record(5, 1, 1)];
    expect(verdict(again)).toEqual(["t-0: record 1/1/0 at offset 4 comes after record 1/1/0"]);
    expect(verdict([...WHOLE, record(4, 7, 0)])).toEqual(["t-0: record 1/7/0 at offset 4 was never sent there"]);
  });

  it("lets a log begin where records were deleted, also in the middle of a batch, and nowhere else", () => {
    const book = writtenBook();
    expect(verdict(WHOLE.slice(1), 1, book)).toEqual(["t-0: the log begins at 1, which nobody asked for"]);
    book.askTrim(1);
    expect(verdict(WHOLE.slice(1), 1, book)).toEqual([]);
    book.trimmed(1);
    expect(verdict(WHOLE, 0, book)).toEqual(["t-0: records below 1 were deleted, but the log begins at 0"]);
  });

  it("finds a hole, and what a reader saw and is no more", () => {
    expect(verdict([...WHOLE.slice(0, 2), record(3, 1, 1)])).toContainEqual("t-0: offset 3 follows 1");
    const book = writtenBook();
    expect(book.saw([record(4, 2, 0)])).toBeUndefined();
    expect(verdict(WHOLE, 0, book)).toEqual(["t-0: a reader saw record 1/2/0 at offset 4, where now nothing is"]);
    expect(book.saw([record(4, 3, 0)])).toBe("t-0: a reader saw two records at offset 4");
  });
});
