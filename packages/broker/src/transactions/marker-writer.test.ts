// Markers are written until they are, whatever fails in the world; a broken invariant is not tried again.
import { systemTimers } from "@moldau/env";
import { AssertionError } from "@moldau/std";
import { StorageError } from "@moldau/storage";
import { describe, expect, it } from "vitest";
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

function bench(failing: Error, ahead?: Promise<boolean>) {
  const { timers, advance } = manualTime();
  const seen = { attempts: 0, ahead: 0, written: 0, fatal: [] as Error[] };
  const writer = markerWriter({
    timers,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    endIn: async () => {
      if (++seen.attempts < 3) throw failing;
      return undefined;
    },
    endAtOnce: () => {
      seen.ahead++;
      return ahead;
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

describe("markers that go ahead of a durable decision", () => {
  const device = new StorageError("io", "the device fails");
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) await systemTimers.yield();
  };

  it("are not written again when they are durable", async () => {
    const { writer, seen } = bench(device, Promise.resolve(true));
    writer.goAhead(0, JOB, 0);
    writer.goAhead(0, JOB, 0);
    await settled();
    expect([seen.ahead, seen.written]).toEqual([1, 0]);
    writer.add(0, JOB, 0);
    await writer.completion("x");
    expect([seen.attempts, seen.written, writer.pending()]).toEqual([0, 1, 0]);
  });

  it("are waited for, and written behind when they were lost", async () => {
    let settle: (isThere: boolean) => void = () => {};
    const ahead = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    const { writer, seen, advance } = bench(device, ahead);
    writer.goAhead(0, JOB, 0);
    writer.add(0, JOB, 0);
    await settled();
    expect(seen.attempts).toBe(0);
    settle(false);
    await settled();
    await advance(1_000);
    await settled();
    expect([seen.attempts, seen.written]).toEqual([3, 1]);
  });

  it("are tried once when the decision is lost with them", async () => {
    const { writer, seen, advance } = bench(device, Promise.resolve(false));
    writer.goAhead(0, JOB, 0);
    await settled();
    await advance(10_000);
    expect([seen.ahead, seen.attempts, seen.written, writer.pending()]).toEqual([1, 0, 0, 0]);
    // Decided anew after the loss: nothing is left of the first time.
    writer.goAhead(0, JOB, 0);
    expect(seen.ahead).toBe(2);
  });
});
