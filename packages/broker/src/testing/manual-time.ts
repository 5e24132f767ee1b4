// Time that stands still until the test moves it.
import { type Clock, systemTimers, type Timers } from "@moldau/env";
import { millis } from "@moldau/std";

export interface ManualTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Moves time on and runs the timers that become due, in order, letting what they set off happen. */
  advance(byMs: number): Promise<void>;
}

/** Some day in 2026. */
const START_MS = 1_780_000_000_000;

export function manualTime(): ManualTime {
  let nowMs = START_MS;
  let pending: { readonly atMs: number; readonly action: () => void }[] = [];
  return {
    clock: { now: () => millis(nowMs), monotonicMs: () => nowMs },
    timers: {
      after(delayMs, action) {
        const timer = { atMs: nowMs + delayMs, action };
        pending.push(timer);
        return {
          cancel: () => {
            pending = pending.filter((other) => other !== timer);
          },
        };
      },
      yield: systemTimers.yield,
    },
    async advance(byMs) {
      const untilMs = nowMs + byMs;
      for (;;) {
        await systemTimers.yield();
        const [next] = pending.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        pending = pending.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.action();
      }
      nowMs = untilMs;
    },
  };
}
