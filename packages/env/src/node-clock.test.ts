import { describe, expect, it, vi } from "vitest";
import { systemClock, systemTimers } from "./node-clock.js";

describe("system timers", () => {
  it("run what is due, in order, and not what was cancelled", async () => {
    const ran: string[] = [];
    systemTimers.after(0, () => ran.push("cancelled")).cancel();
    await new Promise<void>((resolve) => {
      systemTimers.after(20, () => {
        ran.push("second");
        resolve();
      });
      systemTimers.after(1, () => ran.push("first"));
    });
    expect(ran).toEqual(["first", "second"]);
  });

  it("wait for longer than Node's own can, and can be cancelled meanwhile", () => {
    vi.useFakeTimers();
    try {
      const dayMs = 86_400_000;
      const ran: number[] = [];
      const [waits, cancelled] = [60, 70].map((days) => systemTimers.after(days * dayMs, () => ran.push(days)));
      vi.advanceTimersByTime(60 * dayMs - 1);
      expect(ran).toEqual([]);
      cancelled?.cancel();
      vi.advanceTimersByTime(1);
      expect(ran).toEqual([60]);
      waits?.cancel();
      vi.advanceTimersByTime(40 * dayMs);
      expect(ran).toEqual([60]);
      systemTimers.after(Number.POSITIVE_INFINITY, () => ran.push(-1)).cancel();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("keep the process alive only when told to", () => {
    const alive = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = alive();
    const idle = systemTimers.after(1000, () => {});
    expect(alive()).toBe(before);
    const needed = systemTimers.after(1000, () => {}, true);
    expect(alive()).toBe(before + 1);
    for (const timer of [idle, needed]) timer.cancel();
    expect(alive()).toBe(before);
  });

  it("yield to events that are ready", async () => {
    const before = systemClock.monotonicMs();
    let handled = false;
    setImmediate(() => {
      handled = true;
    });
    await systemTimers.yield();
    expect(handled).toBe(true);
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });
});
