// Work that is done round after round, with a pause between.
import type { Timers } from "@moldau/env";
import { failureReasonOr } from "./failure.js";
import type { Logger } from "./logger.js";

export interface Periodic {
  /** No round begins any more. Resolves when none is under way. */
  close(): Promise<void>;
}

export interface PeriodicOptions {
  readonly timers: Timers;
  readonly log: Logger;
  /** An invariant is broken. */
  readonly fatal: (error: Error) => void;
  readonly firstAfterMs: number;
  /** From the end of a round to the next. */
  readonly everyMs: () => number;
  /** One that takes long is to end early when we are closing. */
  readonly round: (closing: () => boolean) => Promise<void>;
  /** What to say when a round fails; the next one comes all the same. */
  readonly failed: string;
}

/** Rounds from now on, until `close`. */
export function periodically({ timers, log, fatal, firstAfterMs, everyMs, round, failed }: PeriodicOptions): Periodic {
  let closed = false;
  let running = Promise.resolve();
  const later = (delayMs: number) => timers.after(delayMs, begin);

  const begin = () => {
    running = round(() => closed)
      .catch((error: unknown) => {
        const reason = failureReasonOr(fatal, error);
        if (reason !== undefined) log.warn({ reason }, failed);
      })
      .then(() => {
        if (!closed) timer = later(everyMs());
      });
  };
  let timer = later(firstAfterMs);

  return {
    close() {
      closed = true;
      timer.cancel();
      return running;
    },
  };
}
