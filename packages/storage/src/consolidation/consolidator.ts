// When to consolidate: in the background, one round at a time, while the tail holds more than it should. A round that fails is
// tried again, less and less often, until it succeeds; meanwhile the journal fills, and backpressure does the rest.
import type { Clock, Timers } from "@moldau/env";
import { AssertionError } from "@moldau/std";
import type { Report } from "../events.js";

export interface Consolidator {
  /** The tail has grown, or the journal has: starts rounds when they are due. Cheap. */
  noticed(): void;
  /** The last round has failed. */
  readonly isFailing: boolean;
  /** Ends after the round that is running, if any. */
  close(): Promise<void>;
}

export interface ConsolidatorOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly report: Report;
  /** `isFailing` has changed. */
  readonly turned: () => void;
  /** Whether a round should run now. */
  readonly due: () => boolean;
  readonly round: () => Promise<void>;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

export function consolidator({ clock, timers, report, turned, due, round }: ConsolidatorOptions): Consolidator {
  let running: Promise<void> | undefined;
  let closing = false;
  let endPause = () => {};
  let failingSince: number | undefined;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = timers.after(ms, resolve);
      endPause = () => {
        timer.cancel();
        resolve();
      };
    });

  const failed = (error: unknown) => {
    // A broken invariant is nothing to retry: as an unhandled rejection it stops the process.
    if (error instanceof AssertionError || !(error instanceof Error)) throw error;
    if (failingSince !== undefined) return;
    failingSince = clock.monotonicMs();
    report({ kind: "failing", what: "consolidation", error });
    turned();
  };

  const succeeded = () => {
    if (failingSince === undefined) return;
    report({ kind: "healed", what: "consolidation", afterMs: clock.monotonicMs() - failingSince });
    failingSince = undefined;
    turned();
  };

  const run = async () => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!closing && due()) {
      try {
        await round();
        succeeded();
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        failed(error);
        await pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
    running = undefined;
  };

  return {
    noticed() {
      if (!running && !closing && due()) running = run();
    },
    get isFailing() {
      return failingSince !== undefined;
    },
    async close() {
      closing = true;
      endPause();
      await running;
    },
  };
}
