// How a merge lets others go first: after each slice of its work the event loop turns, and while others work it rests.
import type { Timer, Timers } from "@moldau/env";

export interface StandingBack {
  /** Comes after each slice. Rejects once the merge is to be abandoned. */
  pause(): Promise<void>;
  /** Ends the merge that is running at its next pause, and any later one. */
  abandon(): void;
}

export interface StandingBackOptions {
  readonly timers: Timers;
  /** After each slice of 256 KiB: a merge that is held back ends some time all the same. */
  readonly restMs: number;
  /** Whether there is more urgent work. */
  readonly isHeldBack: () => boolean;
  /** Grows with what producers and consumers do. */
  readonly activity: () => number;
  /** Whether merging is so much behind that it does not rest any more. */
  readonly isUrgent: () => boolean;
}

class Abandoned extends Error {
  override readonly name = "Abandoned";
}

export function standingBack({ timers, restMs, isHeldBack, activity, isUrgent }: StandingBackOptions): StandingBack {
  let seen = 0;
  let abandoned = false;
  let resting: { readonly timer: Timer; readonly end: () => void } | undefined;
  const rest = () =>
    new Promise<void>((end) => {
      resting = { timer: timers.after(restMs, end), end };
    });
  return {
    async pause() {
      await timers.yield();
      const isActive = activity() !== seen;
      seen = activity();
      if (!abandoned && (isHeldBack() || (isActive && !isUrgent()))) await rest();
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
