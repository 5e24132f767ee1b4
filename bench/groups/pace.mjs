// Heartbeats at even distances: an open loop, whose times are fixed in advance and do not wait for answers.
import { quantiles } from "../statistics.mjs";

const TICK_MS = 1;

/**
 * Member k of n is due at (k + i·n) · interval / n. A member whose last heartbeat is unanswered lets one pass, as a real one would.
 * @param {number} intervalMs
 * @param {readonly import("./member.mjs").Member[]} members  may grow
 */
export function keepAlive(intervalMs, members) {
  /** @type {number[]} */
  let answeredMs = [];
  /** @type {number[]} */
  let latenessMs = [];
  let passed = 0;
  /** @type {unknown} */
  let failure;

  /** A changed assignment is acknowledged at once. @param {import("./member.mjs").Member} member */
  const beat = async (member) => {
    do {
      const begun = performance.now();
      await member.heartbeat();
      answeredMs.push(performance.now() - begun);
    } while (member.isOwing());
  };
  let next = 0;
  let due = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (members.length === 0) due = now + TICK_MS;
    for (; due <= now; due += intervalMs / members.length) {
      const member = members[next++ % members.length];
      latenessMs.push(now - due);
      if (!member || member.isBusy()) passed++;
      else beat(member).catch((error) => (failure = error));
    }
  }, TICK_MS);

  return {
    /** One heartbeat out of turn. */
    beat,
    /** What happened since the last call. Throws when a member failed. */
    take: () => {
      if (failure) throw failure;
      const taken = { heartbeats: answeredMs.length, passed, answeredMs: quantiles(answeredMs), latenessMs: quantiles(latenessMs) };
      answeredMs = [];
      latenessMs = [];
      passed = 0;
      return taken;
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Waits until something is so, looking every few milliseconds.
 * @param {string} what
 * @param {() => boolean} isSo
 * @param {number} deadlineMs
 */
export async function until(what, isSo, deadlineMs) {
  const deadline = performance.now() + deadlineMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`${what}: not after ${deadlineMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/**
 * Runs a task for each item, a bounded number at a time, in order.
 * @template T
 * @param {readonly T[]} items
 * @param {number} atOnce
 * @param {(item: T) => void | Promise<void>} task
 */
export async function forEachAtOnce(items, atOnce, task) {
  let next = 0;
  const work = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
}
