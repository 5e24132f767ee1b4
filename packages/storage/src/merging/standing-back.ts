// How a merge lets others go first: after each slice of its work the event loop turns, and while there is more urgent work it rests.
import type { Timer, Timers } from "@moldau/env";

export interface StandingBack {
  /** Comes after each slice. Rejects once the merge is to be abandoned. */
  pause(): Promise<void>;
  /** Ends the merge that is running at its next pause, and any later one. */
  abandon(): void;
}

/** After each slice while it is held back: 256 KiB then take this long at least, so a merge under way ends some time. */
const REST_MS = 20;

class Abandoned extends Error {
  override readonly name = "Abandoned";
}

export function standingBack(timers: Timers, isHeldBack: () => boolean): StandingBack {
  let abandoned = false;
  let resting: { readonly timer: Timer; readonly end: () => void } | undefined;
  const rest = () =>
    new Promise<void>((end) => {
      resting = { timer: timers.after(REST_MS, end), end };
    });
  return {
    async pause() {
      await timers.yield();
      if (!abandoned && isHeldBack()) await rest();
      if (abandoned) throw new Abandoned();
    },
    abandon() {
      abandoned = true;
      resting?.timer.cancel();
      resting?.end();
    },
  };
}

/** For `catch`: that a merge was abandoned is no failure. */
export function unlessAbandoned(error: unknown): void {
  if (!(error instanceof Abandoned)) throw error;
}
