// A marker that a pass gave its horizon which did not come to its end.
import { controlBatch, patchBatch } from "@moldau/records";
import { expect, it } from "vitest";
import { judging } from "./fate.js";
import { keyMap } from "./key-map.js";

const NOW = 1_000;

function fateOf(marker: Uint8Array, cleanedThrough: number, nowMs = NOW) {
  const keys = keyMap({ maxBytes: 1_024, baseOffset: 0, hashKey: new Uint8Array(16) });
  const judge = judging({ keys, end: 100, cleanedThrough, nowMs, deleteRetentionMs: 0, isAborted: () => false });
  const fate = judge.judge(marker, 0);
  if ("look" in fate) throw new Error("a marker's fate is clear");
  return fate;
}

it("a marker goes in a pass after one that was done with it, so that nobody is told of a transaction whose end never comes", () => {
  const marker = controlBatch({ type: "ABORT", producerId: 7, producerEpoch: 1, coordinatorEpoch: 2, timestamp: 0 });
  patchBatch(marker, 0, { baseOffset: 8, leaderEpoch: 0 });
  const first = fateOf(marker, 0);
  if (first.kind !== "changes") throw new Error("it gets its horizon");
  const later = NOW + 1;
  expect(fateOf(first.batch, 0, later).kind).toBe("stays");
  expect(fateOf(first.batch, 8, later).kind).toBe("stays");
  expect(fateOf(first.batch, 9, later).kind).toBe("goes");
  expect(fateOf(first.batch, 9, NOW - 1).kind).toBe("stays");
});
