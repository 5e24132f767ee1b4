// The real clock and timers.
import { performance } from "node:perf_hooks";
import { millis } from "@moldau/std";
import type { Clock, Timers } from "./clock.js";

export const systemClock: Clock = {
  now: () => millis(Date.now()),
  monotonicMs: () => performance.now(),
};

export const systemTimers: Timers = {
  after: (delayMs, action) => {
    const timeout = setTimeout(action, delayMs).unref();
    return { cancel: () => clearTimeout(timeout) };
  },
  yield: () => new Promise((resolve) => setImmediate(resolve)),
};
