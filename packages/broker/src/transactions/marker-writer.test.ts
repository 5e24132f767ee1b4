// Markers are written until they are, whatever fails in the world; a broken invariant is not tried again.
import { systemTimers } from "@moldau/env";
import { AssertionError } from "@moldau/std";
import { StorageError } from "@moldau/storage";
import { expect, it } from "vitest";
import { manualTime } from "../testing/manual-time.js";
import { markerWriter } from "./marker-writer.js";

const JOB = {
  written: { kind: "markersWritten", transactionalId: "x", producerId: 7, producerEpoch: 1, decidedAtMs: 5 },
  partitions: new Map([["t", new Set([0])]]),
  producerId: 7,
  producerEpoch: 1,
  commit: true,
  transactionVersion: 2,
} as unknown as Parameters<ReturnType<typeof markerWriter>["add"]>[1];

function bench(failing: Error) {
  const { timers, advance } = manualTime();
  const seen = { attempts: 0, written: 0, fatal: [] as Error[] };
  const writer = markerWriter({
    timers,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    endIn: async () => {
      if (++seen.attempts < 3) throw failing;
      return undefined;
    },
    written: () => void seen.written++,
    fatal: (error) => void seen.fatal.push(error),
  });
  return { writer, seen, advance };
}

it("tries again while the device fails", async () => {
  const { writer, seen, advance } = bench(new StorageError("io", "the device fails"));
  writer.add(0, JOB, 0);
  await advance(1_000);
  await systemTimers.yield();
  expect([seen.attempts, seen.written, seen.fatal.length, writer.pending()]).toEqual([3, 1, 0, 0]);
});

it("stops at a broken invariant, and tells nobody that it was written", async () => {
  const { writer, seen, advance } = bench(new AssertionError("a marker follows its transaction"));
  writer.add(0, JOB, 0);
  await advance(1_000);
  await systemTimers.yield();
  expect([seen.attempts, seen.written, seen.fatal.length]).toEqual([1, 0, 1]);
});
