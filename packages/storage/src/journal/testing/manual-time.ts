// Time that stands still until the test moves it.
import type { Clock, Timers } from "@moldau/env";
import { millis } from "@moldau/std";

export interface ManualTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Moves time on, running the timers that become due, in order. */
  advance(byMs: number): void;
}

export function manualTime(): ManualTime {
  let nowMs = 1_000;
  let pending: { readonly atMs: number; readonly action: () => void }[] = [];
  return {
    clock: { now: () => millis(nowMs), monotonicMs: () => nowMs },
    timers: {
      after: (delayMs, action) => {
        const timer = { atMs: nowMs + delayMs, action };
        pending.push(timer);
        return {
          cancel: () => {
            pending = pending.filter((other) => other !== timer);
          },
        };
      },
      yield: () => new Promise((resolve) => setImmediate(resolve)),
    },
    advance: (byMs) => {
      const untilMs = nowMs + byMs;
      for (;;) {
        const next = pending.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!next) break;
        pending = pending.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.action();
      }
      nowMs = untilMs;
    },
  };
}
