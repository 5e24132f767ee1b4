// The real clock and timers.
import { performance } from "node:perf_hooks";
import { millis } from "@moldau/std";
import type { Clock, Timer, Timers } from "./clock.js";

export const systemClock: Clock = {
  now: () => millis(Date.now()),
  monotonicMs: () => performance.now(),
};

export const systemTimers: Timers = {
  after,
  yield: () => new Promise((resolve) => setImmediate(resolve)),
};

/** Node takes no longer delay: it would make it 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** A longer one is a chain of those. */
function after(delayMs: number, action: () => void, keepsAlive = false): Timer {
  let leftMs = delayMs;
  const next = (): NodeJS.Timeout => {
    const partMs = Math.min(leftMs, LONGEST_MS);
    leftMs -= partMs;
    const elapsed = () => {
      if (leftMs > 0) timeout = next();
      else action();
    };
    const part = setTimeout(elapsed, partMs);
    return keepsAlive ? part : part.unref();
  };
  let timeout = next();
  return { cancel: () => clearTimeout(timeout) };
}
