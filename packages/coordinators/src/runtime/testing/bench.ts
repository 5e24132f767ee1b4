// A coordinator of counters on a bench: time stands still until the test moves it.
import { type Clock, systemTimers, type Timers } from "@moldau/env";
import { millis } from "@moldau/std";
import { type Coordinator, coordinator, type Outcome } from "../coordinator.js";
import type { CoordinatorEvent } from "../events.js";
import type { CoordinatorLimits, Occupancy } from "../occupancy.js";
import { type Counters, type CountersCommand, countingMachine } from "./counting-machine.js";
import { type TestLog, testLog, turn } from "./test-log.js";

export interface TestTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Timers of the system that were armed so far. */
  readonly armed: number;
  /** Moves time on, timer by timer. */
  pass(ms: number): Promise<void>;
}

export function testTime(): TestTime {
  let nowMs = 0;
  let armed = 0;
  let pending: { readonly atMs: number; readonly action: () => void }[] = [];
  return {
    clock: { now: () => millis(1_780_000_000_000 + nowMs), monotonicMs: () => nowMs },
    timers: {
      after(delayMs, action) {
        const timer = { atMs: nowMs + delayMs, action };
        pending.push(timer);
        armed++;
        return {
          cancel: () => {
            pending = pending.filter((other) => other !== timer);
          },
        };
      },
      yield: systemTimers.yield,
    },
    get armed() {
      return armed;
    },
    async pass(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await turn();
        const [next] = pending.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        pending = pending.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.action();
      }
      nowMs = untilMs;
      await turn();
    },
  };
}

export interface Bench {
  readonly coordinator: Coordinator<Counters, CountersCommand>;
  readonly log: TestLog;
  readonly time: TestTime;
  readonly events: CoordinatorEvent[];
  readonly fatal: Error[];
  readonly occupancy: Occupancy;
  add(name: string, by?: number): Promise<Outcome<number>>;
  read(name: string): Promise<Outcome<number>>;
}

export function bench({ log = testLog(), limits }: { readonly log?: TestLog; readonly limits?: Partial<CoordinatorLimits> } = {}): Bench {
  const time = testTime();
  const events: CoordinatorEvent[] = [];
  const fatal: Error[] = [];
  const occupancy: Occupancy = { waiting: 0, pendingBytes: 0 };
  const made = coordinator({
    partition: 0,
    machine: countingMachine,
    log,
    world: () => undefined,
    clock: time.clock,
    timers: time.timers,
    occupancy,
    limits: { waiting: 100, pendingBytes: 100_000, ...limits },
    report: (event) => void events.push(event),
    fatal: (error) => void fatal.push(error),
  });
  return {
    coordinator: made,
    log,
    time,
    events,
    fatal,
    occupancy,
    add: (name, by = 1) => made.ask<number>((ticket) => ({ kind: "add", name, by, ticket })).outcome,
    read: (name) => made.ask<number>((ticket) => ({ kind: "read", name, ticket })).outcome,
  };
}

/** What has come of promises so far, for asserting that something has not. */
export function watch<Result>(promises: readonly Promise<Result>[]): (Result | undefined)[] {
  const settled: (Result | undefined)[] = promises.map(() => undefined);
  for (const [i, promise] of promises.entries())
    void promise.then((result) => {
      settled[i] = result;
    });
  return settled;
}
