// SIGTERM and SIGINT end the broker in order; a second one ends it at once.
//
// One Ctrl-C can arrive twice: from the terminal, and again from npm, which forwards it to what it runs. So what follows within a
// moment of the first is the same wish.
import type { Clock } from "@moldau/env";

export const SAME_WISH_MS = 300;

export type StopSignal = "SIGTERM" | "SIGINT";

export interface SignalActions {
  /** The first signal: once. */
  stop(signal: StopSignal): void;
  /** The second. */
  stopNow(signal: StopSignal): void;
}

/** What to call for each signal that arrives. */
export function stopOnSignal(clock: Clock, actions: SignalActions): (signal: StopSignal) => void {
  let firstAtMs: number | undefined;
  return (signal) => {
    if (firstAtMs === undefined) {
      firstAtMs = clock.monotonicMs();
      actions.stop(signal);
    } else if (clock.monotonicMs() - firstAtMs > SAME_WISH_MS) {
      actions.stopNow(signal);
    }
  };
}
