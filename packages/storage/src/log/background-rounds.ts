// Work behind, one round at a time, while there is some: consolidation, merging. A round that fails is tried again, less and less often,
// until it succeeds; who watches it is told once that it fails, and once that it has healed.
import type { Clock, Timers } from "@moldau/env";
import { AssertionError } from "@moldau/std";
import type { Failing, Report } from "../events.js";

export interface BackgroundRounds {
  /** There may be work: starts rounds when they are due. Cheap. */
  noticed(): void;
  /** The last round has failed. */
  readonly isFailing: boolean;
  /** Ends after the round that is running, if any. */
  close(): Promise<void>;
}

export interface BackgroundRoundsOptions {
  readonly what: Failing;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly report: Report;
  /** `isFailing` has changed. */
  readonly turned?: () => void;
  /** Whether a round should run now. */
  readonly due: () => boolean;
  readonly round: () => Promise<void>;
  /** After a failure, doubled with each. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export function backgroundRounds(options: BackgroundRoundsOptions): BackgroundRounds {
  const { clock, timers, what, report, turned = () => {}, due, round } = options;
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
    report({ kind: "failing", what, error });
    turned();
  };

  const succeeded = () => {
    if (failingSince === undefined) return;
    report({ kind: "healed", what, afterMs: clock.monotonicMs() - failingSince });
    failingSince = undefined;
    turned();
  };

  const run = async () => {
    let pauseMs = options.firstPauseMs;
    while (!closing && due()) {
      try {
        await round();
        succeeded();
        pauseMs = options.firstPauseMs;
      } catch (error) {
        failed(error);
        await pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, options.longestPauseMs);
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
