// The rules of compaction, batch by batch: what the log store's tests cannot bring about, or not plainly.
import { type BatchInput, buildBatch, controlBatch, emptyBatch, readBatchHeader, records } from "@moldau/records";
import { expect, it } from "vitest";
import { abortedRanges } from "./aborted-ranges.js";
import { type Fate, type FateRules, judging } from "./fate.js";
import { type KeyMap, keyMap } from "./key-map.js";

function keysOf(newest: Readonly<Record<string, number>>): KeyMap {
  const keys = keyMap({ maxBytes: 10_000, baseOffset: 0, hashKey: new Uint8Array(16) });
  for (const [key, offset] of Object.entries(newest)) keys.put(Buffer.from(key), 0, key.length, offset);
  return keys;
}

function judge(rules: Partial<FateRules>) {
  const one = judging({
    keys: keysOf({}),
    end: 1_000,
    cleanedThrough: 0,
    nowMs: 500,
    deleteRetentionMs: 100,
    isAborted: () => false,
    ...rules,
  });
  return (batch: Uint8Array): Fate => {
    const judged = one.judge(batch, 0);
    if (!("look" in judged)) return judged;
    while (!judged.look(1));
    return judged.fate();
  };
}

const batch = (baseOffset: number, pairs: readonly (readonly [string | null, string | null])[], options: Partial<BatchInput> = {}) =>
  buildBatch({
    ...options,
    baseOffset,
    records: pairs.map(([key, value]) => ({
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
    })),
  });
const offsetsOf = (fate: Fate) => (fate.kind === "changes" ? Array.from(records(fate.batch), ({ offset }) => offset) : fate.kind);

it("leaves records at or after the end alone, in the middle of a batch too", () => {
  const given = batch(8, [
    ["a", "1"],
    [null, "x"],
    [null, "y"],
    ["a", "2"],
    ["b", null],
  ]);
  const fateOf = judge({ keys: keysOf({ a: 8 }), end: 10 });
  const fate = fateOf(given);
  expect(offsetsOf(fate)).toEqual([8, 10, 11, 12]);
  // The tombstone's time has not begun.
  expect(fate.kind === "changes" && readBatchHeader(fate.batch, 0).deleteHorizon).toBe(false);
  expect(offsetsOf(judge({ end: 8 })(batch(8, [[null, "x"]])))).toBe("stays");
});

it("keeps a record whose key it does not know, and one as new as the newest", () => {
  const fateOf = judge({ keys: keysOf({ a: 5, b: 6 }) });
  expect(
    offsetsOf(
      fateOf(
        batch(4, [
          ["b", "1"],
          ["a", "1"],
          ["b", "2"],
          ["c", "1"],
        ]),
      ),
    ),
  ).toEqual([5, 6, 7]);
  expect(offsetsOf(fateOf(batch(5, [["a", "1"]])))).toBe("stays");
  expect(offsetsOf(fateOf(batch(4, [["a", "1"]])))).toBe("goes");
});

it("changes a batch for the sake of its horizon alone", () => {
  const fate = judge({})(
    batch(0, [
      ["a", "1"],
      ["b", null],
    ]),
  );
  expect(fate).toMatchObject({ kind: "changes", records: 2 });
  if (fate.kind !== "changes") return;
  expect(readBatchHeader(fate.batch, 0)).toMatchObject({ deleteHorizon: true, baseTimestamp: 600 });
  expect(offsetsOf(judge({ nowMs: 599 })(fate.batch))).toBe("stays");
  expect(offsetsOf(judge({ nowMs: 600 })(fate.batch))).toEqual([0]);
});

it("takes an empty batch for what it is", () => {
  expect(judge({})(emptyBatch({ baseOffset: 3, lastOffset: 9, leaderEpoch: 0 }))).toEqual({ kind: "empty", records: 0 });
});

it("keeps a marker when records of its producer came before it, aborted or not, and counts each producer by itself", () => {
  const transactional = (producerId: number) => ({ producerId, producerEpoch: 0, baseSequence: 0, transactional: true });
  const marker = (producerId: number, type: "COMMIT" | "ABORT", baseOffset: number) =>
    controlBatch({ type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0, baseOffset });
  const isAborted = abortedRanges([{ producerId: 2, firstOffset: 1, lastOffset: 3 }]);
  const fateOf = judge({ isAborted, keys: keysOf({ a: 50 }) });
  const fates = [
    batch(0, [["a", "1"]], transactional(1)),
    batch(1, [["b", "1"]], transactional(2)),
    marker(1, "COMMIT", 2),
    marker(2, "ABORT", 3),
    batch(4, [["b", "1"]], transactional(2)),
    marker(1, "COMMIT", 5),
  ].map((one) => fateOf(one).kind);
  expect(fates).toEqual(["goes", "goes", "stays", "stays", "stays", "changes"]);
});

it("takes a marker in a pass after one that was done with it, so that nobody is told of a transaction whose end never comes", () => {
  const marker = controlBatch({ type: "ABORT", producerId: 7, producerEpoch: 1, coordinatorEpoch: 2, timestamp: 0, baseOffset: 8 });
  const first = judge({})(marker);
  expect(first).toMatchObject({ kind: "changes", records: 1 });
  const later = (cleanedThrough: number, nowMs: number) => first.kind === "changes" && judge({ cleanedThrough, nowMs })(first.batch).kind;
  expect([later(0, 600), later(8, 600), later(9, 599)]).toEqual(["stays", "stays", "stays"]);
  expect(later(9, 600)).toBe("goes");
});

it("finds the aborted range of a batch among many", () => {
  const ranges = Array.from({ length: 50 }, (_, i) => ({ producerId: i % 2, firstOffset: i * 10, lastOffset: i * 10 + 5 }));
  const isAborted = abortedRanges(ranges.reverse());
  for (let offset = 0; offset < 500; offset++) {
    const within = offset % 10 <= 5;
    for (const producerId of [0, 1]) expect(isAborted(producerId, offset)).toBe(within && Math.floor(offset / 10) % 2 === producerId);
  }
  expect(isAborted(2, 3)).toBe(false);
});
