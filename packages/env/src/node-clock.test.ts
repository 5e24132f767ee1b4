import { describe, expect, it } from "vitest";
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
