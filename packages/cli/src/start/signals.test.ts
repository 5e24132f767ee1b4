import { millis } from "@moldau/std";
import { expect, it } from "vitest";
import { SAME_WISH_MS, stopOnSignal } from "./signals.js";

function signalled() {
  let nowMs = 0;
  const done: string[] = [];
  const onSignal = stopOnSignal(
    { now: () => millis(0), monotonicMs: () => nowMs },
    { stop: (signal) => done.push(`stop ${signal}`), stopNow: (signal) => done.push(`now ${signal}`) },
  );
  return { done, onSignal, pass: (ms: number) => (nowMs += ms) };
}

it("stops in order at the first signal and at once at the second", () => {
  const { done, onSignal, pass } = signalled();
  onSignal("SIGTERM");
  pass(SAME_WISH_MS + 1);
  onSignal("SIGINT");
  expect(done).toEqual(["stop SIGTERM", "now SIGINT"]);
});

it("takes a Ctrl-C that arrives twice for one", () => {
  const { done, onSignal, pass } = signalled();
  onSignal("SIGINT");
  pass(SAME_WISH_MS);
  onSignal("SIGINT");
  expect(done).toEqual(["stop SIGINT"]);
});
