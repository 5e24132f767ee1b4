// A bell wakes who waits, forgets who does not any more, and tells of rings that came before the waiting began.
import { systemTimers } from "@moldau/env";
import { expect, it } from "vitest";
import { bellOf } from "./bell.js";

it("wakes all who wait, once", async () => {
  const bell = bellOf(systemTimers);
  const woken: number[] = [];
  const waits = [1, 2].map((who) => bell.heard().then(() => woken.push(who)));
  bell.ring();
  await Promise.all(waits);
  expect(woken).toEqual([1, 2]);
  const next = bell.heard();
  bell.ring();
  await next;
});

it("tells of a ring that came after those that were counted", async () => {
  const bell = bellOf(systemTimers);
  const before = bell.rings();
  bell.ring();
  await bell.heard(undefined, before);
  expect(bell.rings()).toBe(before + 1);
});

it("lets the waiting end with their time, and gives up the time of those it wakes", async () => {
  const pending = new Set<() => void>();
  const after = (_delayMs: number, action: () => void) => {
    pending.add(action);
    return { cancel: () => void pending.delete(action) };
  };
  const bell = bellOf({ after, yield: async () => {} });
  const woken = bell.heard(1_000);
  bell.ring();
  await woken;
  expect(pending.size).toBe(0);
  const late = bell.heard(1_000);
  for (const elapsed of pending) elapsed();
  await late;
});
