// How long to wait before trying again, and the trying again (KIP-580).
import { type ClientError, isRetriable } from "../errors.js";
import type { Settings } from "../options.js";

/** Doubles with each failure up to a bound, give or take a fifth, so that many clients do not come back all at once. */
export function backoffMs({ retryBackoffMs, retryBackoffMaxMs, world }: Settings, failures: number): number {
  const plain = Math.min(retryBackoffMs * 2 ** Math.min(failures - 1, 30), retryBackoffMaxMs);
  return plain * (0.8 + 0.4 * world.random.float());
}

/** Keeps the process alive, for somebody waits. Rejects with the signal's reason. */
export function pause({ world }: Settings, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const aborted = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const elapsed = () => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    };
    const timer = world.timers.after(ms, elapsed, true);
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

export interface Patience {
  /** From the first try on. */
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of each failure that will be tried again. */
  readonly failed?: (error: ClientError) => unknown;
}

/** Tries until it succeeds, fails for good, or no time is left: then it rejects with the last failure. */
export async function retrying<Result>(settings: Settings, patience: Patience, attempt: () => Promise<Result>): Promise<Result> {
  const { clock } = settings.world;
  const until = clock.monotonicMs() + patience.withinMs;
  for (let failures = 1; ; failures++) {
    patience.signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!isRetriable(error)) throw error;
      const waitMs = backoffMs(settings, failures);
      if (clock.monotonicMs() + waitMs >= until) throw error;
      await patience.failed?.(error);
      await pause(settings, waitMs, patience.signal);
    }
  }
}
