import { describe, expect, it } from "vitest";
import { virtualTime } from "./virtual-time.js";

describe("virtualTime", () => {
  it("runs events in the order of their times, and what follows from one before the next", async () => {
    const time = virtualTime();
    const seen: string[] = [];
    const later = async (name: string) => {
      for (let i = 0; i < 20; i++) await undefined;
      seen.push(`${name} at ${time.nowMs()}`);
    };
    time.after(5, () => void later("third"));
    time.after(1, () => void later("first"));
    time.after(1, () => void later("second"));
    const cancelled = time.after(2, () => seen.push("never"));
    cancelled.cancel();
    expect(await time.run(() => seen.length === 3, 100)).toBe(true);
    expect(seen).toEqual(["first at 1", "second at 1", "third at 5"]);
  });

  it("stops at its limit, or when nothing is left to happen", async () => {
    const time = virtualTime();
    time.after(50, () => {});
    expect([await time.run(() => false, 20), time.nowMs()]).toEqual([false, 20]);
    expect([await time.run(() => false, 100), time.nowMs()]).toEqual([false, 50]);
  });

  it("has timers that end with whom they belong to, and a wall clock that jumps alone", async () => {
    const time = virtualTime();
    const timers = time.timers();
    let fired = 0;
    timers.after(1, () => fired++);
    timers.end();
    const before = time.clock.now();
    time.shiftWallClock(1_000);
    await time.run(() => false, 10);
    expect([fired, time.clock.now() - before, time.clock.monotonicMs()]).toEqual([0, 1_001, 1]);
  });
});
