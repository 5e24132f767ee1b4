import type { Clock, Timers } from "@moldau/env";
import { millis } from "@moldau/std";
import { expect, it } from "vitest";
import { pace } from "./pace.js";

/** Time that passes when it is told to; what waits for it runs then. */
function standing() {
  let nowMs = 0;
  let yields = 0;
  const waiting: { readonly atMs: number; readonly action: () => void }[] = [];
  const clock: Clock = { now: () => millis(nowMs), monotonicMs: () => nowMs };
  const timers: Timers = {
    after(delayMs, action) {
      waiting.push({ atMs: nowMs + delayMs, action });
      return { cancel: () => {} };
    },
    yield: async () => void yields++,
  };
  return {
    clock,
    timers,
    waiting,
    pass(ms: number) {
      nowMs += ms;
      for (const { atMs, action } of waiting.splice(0)) if (atMs <= nowMs) action();
    },
    get yields() {
      return yields;
    },
  };
}

it("lets others run after each slice, and where time stands still after some work", async () => {
  const world = standing();
  const { isDue, turn } = pace(world);
  expect(isDue()).toBe(false);
  world.pass(1);
  expect(isDue()).toBe(true);
  await turn();
  expect([isDue(), world.yields]).toEqual([false, 1]);
  let asked = 0;
  while (!isDue()) asked++;
  expect(asked).toBeLessThan(100);
});

it("lets others run longer while they have work", async () => {
  const world = standing();
  const busy: Timers = { ...world.timers, yield: () => world.timers.yield().then(() => world.pass(world.yields < 3 ? 5 : 0)) };
  await pace({ ...world, timers: busy }).turn();
  expect(world.yields).toBe(3);
});

it("keeps to its rate, and saves up no more than a moment", async () => {
  const world = standing();
  const { spent, turn } = pace({ ...world, maxBytesPerSecond: 1_000 });
  world.pass(60_000);
  spent(1_000);
  let turned = false;
  const turning = turn().then(() => {
    turned = true;
  });
  await new Promise(setImmediate);
  expect(world.waiting).toEqual([{ atMs: 60_900, action: expect.any(Function) }]);
  expect(turned).toBe(false);
  world.pass(900);
  await turning;
});

it("stops when it is told to, while it waits too", async () => {
  const world = standing();
  const stop = new AbortController();
  const { spent, turn } = pace({ ...world, maxBytesPerSecond: 1, signal: stop.signal });
  spent(1_000);
  const turning = turn();
  await new Promise(setImmediate);
  expect(world.waiting).toHaveLength(1);
  stop.abort(new Error("enough"));
  await expect(turning).rejects.toThrow("enough");
});

it("lets appends that are on their way get there first, for a moment", async () => {
  const world = standing();
  let arrive = () => {};
  const appends = () =>
    new Promise<void>((resolve) => {
      arrive = resolve;
    });
  const { turn } = pace({ ...world, appends });
  let turns = 0;
  const turned = () => turn().then(() => void turns++);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const first = turned();
  await settled();
  expect(turns).toBe(0);
  arrive();
  await first;
  const second = turned();
  await settled();
  expect(turns).toBe(1);
  world.pass(5);
  await second;
  expect(turns).toBe(2);
});

it("rests after a slice in which others have appended", async () => {
  const world = standing();
  let groups = 0;
  const { turn } = pace({ ...world, activity: () => groups });
  await turn();
  groups++;
  let turned = false;
  const turning = turn().then(() => {
    turned = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(turned).toBe(false);
  world.pass(1);
  await turning;
  await turn();
});
