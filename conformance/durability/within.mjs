// Every wait of these checks has an end.
import { setTimeout as sleep } from "node:timers/promises";

/** What `promise` gives; throws an Error with what `why()` says when that takes longer than timeoutMs. */
export async function within(timeoutMs, promise, why) {
  const limit = new AbortController();
  try {
    return await Promise.race([
      promise,
      sleep(timeoutMs, undefined, { signal: limit.signal }).then(() => {
        throw new Error(`${why()} (waited ${timeoutMs} ms)`);
      }),
    ]);
  } finally {
    limit.abort();
  }
}
