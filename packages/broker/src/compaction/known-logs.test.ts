// A log in which nothing has happened is not looked up again, and one in which something has is.
import { partitionIndex, topicId } from "@moldau/std";
import type { Dirt, Log } from "@moldau/storage";
import { beforeEach, expect, it } from "vitest";
import { type KnownLogs, knownLogs } from "./known-logs.js";

const id = { topicId: topicId("t"), index: partitionIndex(0) };
const CLEAN: Dirt = { cleanedThrough: 0, cleanBytes: 0, dirtyBytes: 0, extentsEnd: 0, journalBytes: 0, journalTimestamp: -1 };
const logAt = (highWatermark: number, logStartOffset = 0) => ({ highWatermark, logStartOffset }) as Log;

let dirt: Dirt;
let asked: number;
let logs: KnownLogs;

beforeEach(() => {
  dirt = CLEAN;
  asked = 0;
  logs = knownLogs({
    async dirt() {
      asked++;
      return dirt;
    },
  });
});

/** Whether the store was asked. */
const asks = async (log: Log | undefined, rounds = 0, nowMs = 0) => {
  const before = asked;
  await logs.ask(id, log, rounds, nowMs);
  return asked > before;
};

it("asks once about a log that is not open and lies in extents, whatever consolidation does", async () => {
  dirt = { ...CLEAN, dirtyBytes: 10, extentsEnd: 7 };
  expect([await asks(undefined, 0), await asks(undefined, 1), await asks(undefined, 2)]).toEqual([true, false, false]);
});

it("asks again when the log was opened, has grown, or begins elsewhere", async () => {
  const seen = [undefined, logAt(5), logAt(5), logAt(6), logAt(6, 2), logAt(6, 2)];
  const answers = [];
  for (const log of seen) answers.push(await asks(log));
  expect(answers).toEqual([true, true, false, true, true, false]);
});

it("asks again after consolidation when the journal held something of it, and after it was compacted", async () => {
  dirt = { ...CLEAN, journalBytes: 10 };
  expect([await asks(logAt(5), 3), await asks(logAt(5), 3), await asks(logAt(5), 4)]).toEqual([true, false, true]);
  logs.forget(id);
  expect([await asks(logAt(5), 4), await asks(logAt(5), 4)]).toEqual([true, false]);
  logs.retain(() => false);
  expect(await asks(logAt(5), 4)).toBe(true);
});

it("knows since when the journal holds something, until it was consolidated", async () => {
  const since = async (endOffset: number, nowMs: number) => (await logs.ask(id, logAt(endOffset), 0, nowMs)).journalSinceMs;
  dirt = { ...CLEAN, journalBytes: 10 };
  expect([await since(1, 100), await since(2, 200)]).toEqual([100, 100]);
  dirt = { ...CLEAN, extentsEnd: 2, journalBytes: 10 };
  expect(await since(3, 300)).toBe(300);
  dirt = { ...CLEAN, extentsEnd: 3 };
  await since(4, 400);
  dirt = { ...CLEAN, extentsEnd: 3, journalBytes: 10 };
  expect(await since(5, 500)).toBe(500);
});
