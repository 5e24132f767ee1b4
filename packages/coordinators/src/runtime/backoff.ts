// Pauses between attempts, each twice as long as the one before.
import type { Timers } from "@moldau/env";

export interface Backoff {
  pause(): Promise<void>;
  /** The next pause is the shortest again. */
  reset(): void;
  /** Ends the pause under way; there are no more. */
  end(): void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export function backoff(timers: Timers): Backoff {
  let nextMs = FIRST_PAUSE_MS;
  let ended = false;
  let wake = () => {};
  return {
    async pause() {
      if (ended) return;
      const pauseMs = nextMs;
      nextMs = Math.min(2 * nextMs, LONGEST_PAUSE_MS);
      await new Promise<void>((resolve) => {
        const timer = timers.after(pauseMs, resolve);
        wake = () => {
          timer.cancel();
          resolve();
        };
      });
    },
    reset() {
      nextMs = FIRST_PAUSE_MS;
    },
    end() {
      ended = true;
      wake();
    },
  };
}
