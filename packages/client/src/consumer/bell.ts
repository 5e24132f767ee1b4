// How one loop tells another that something has changed: who waits is woken, and looks for itself.
import type { Timers } from "@moldau/env";

export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or when the time has passed. */
  heard(withinMs?: number): Promise<void>;
}

export function bellOf(timers: Timers): Bell {
  let waiting: (() => void)[] = [];
  return {
    ring() {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    heard: (withinMs) =>
      new Promise((resolve) => {
        const timer = withinMs === undefined ? undefined : timers.after(withinMs, resolve);
        waiting.push(() => {
          timer?.cancel();
          resolve();
        });
      }),
  };
}
