// How one loop tells another that something has changed: who waits is woken, and looks for itself.
import type { Timers } from "@moldau/env";

export interface Bell {
  ring(): void;
  /** How often it has rung. */
  rings(): number;
  /** Resolves at the next ring after as many, by default after those until now; or when the time has passed. */
  heard(withinMs?: number, after?: number): Promise<void>;
}

export function bellOf(timers: Timers): Bell {
  const waiting = new Set<() => void>();
  let rings = 0;
  return {
    ring() {
      rings++;
      const woken = [...waiting];
      waiting.clear();
      for (const wake of woken) wake();
    },
    rings: () => rings,
    heard: (withinMs, after = rings) =>
      new Promise((resolve) => {
        if (rings > after) return resolve();
        const wake = () => {
          timer?.cancel();
          resolve();
        };
        const late = () => {
          waiting.delete(wake);
          resolve();
        };
        const timer = withinMs === undefined ? undefined : timers.after(withinMs, late);
        waiting.add(wake);
      }),
  };
}
