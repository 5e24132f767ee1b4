// Virtual time: nothing passes but what is waited for. Events run one by one in the order of their times, and between two of them
// everything that follows without waiting (promises) is run to its end.
import { setImmediate as inTurnOfItsOwn } from "node:timers";
import type { Clock, Timers } from "@moldau/env";
import { millis } from "@moldau/std";
import { type Event, eventHeap } from "./event-heap.js";

/** Timers that end with whom they belong to: those of a killed broker never fire. */
export interface MortalTimers extends Timers {
  end(): void;
}

export interface VirtualTime {
  readonly clock: Clock;
  nowMs(): number;
  /** Wall time as a right clock shows it, whatever was shifted. */
  wallMs(): number;
  after(delayMs: number, action: () => void): { cancel(): void };
  pause(ms: number): Promise<void>;
  timers(): MortalTimers;
  /** Moves the wall clock, and nothing else. */
  shiftWallClock(byMs: number): void;
  /** Runs events until `done` says so, or none is left, or `limitMs` have passed; true when done. */
  run(done: () => boolean, limitMs: number): Promise<boolean>;
  /** How many events have run. */
  eventCount(): number;
  /** Mixes something that happened into the digest: of two runs that did the same, digests are the same. */
  note(fact: number): void;
  digest(): string;
}

/** Wall time begins here: 2026-01-01. */
const EPOCH_MS = 1_767_225_600_000;
/** How many events are run before the process's own event loop gets a turn. */
const EVENTS_AT_ONCE = 64;

export function virtualTime(): VirtualTime {
  const events = eventHeap();
  let nowMs = 0;
  let wallShiftMs = 0;
  let order = 0;
  let ran = 0;
  let digest = 0x811c9dc5;

  const note = (fact: number) => {
    digest = Math.imul(digest ^ fact, 0x01000193);
    digest ^= digest >>> 15;
  };
  const after = (delayMs: number, action: () => void) => {
    const event: Event = { atMs: nowMs + Math.max(0, delayMs), order: order++, action, cancelled: false };
    events.push(event);
    return {
      cancel() {
        event.cancelled = true;
      },
    };
  };
  /** Runs the next event, if there is one before `endMs`. */
  const step = (endMs: number): boolean => {
    const event = events.pop();
    if (!event) return false;
    if (event.atMs > endMs) {
      events.push(event);
      nowMs = endMs;
      return false;
    }
    nowMs = event.atMs;
    if (event.cancelled) return true;
    ran++;
    note(Math.floor(nowMs * 1_000));
    note(event.order);
    event.action();
    return true;
  };

  return {
    clock: { now: () => millis(EPOCH_MS + Math.floor(nowMs) + wallShiftMs), monotonicMs: () => nowMs },
    nowMs: () => nowMs,
    wallMs: () => EPOCH_MS + Math.floor(nowMs),
    after,
    pause: (ms) => new Promise((resolve) => after(ms, resolve)),
    timers: () => mortalTimers(after),
    shiftWallClock(byMs) {
      wallShiftMs += byMs;
    },
    run(done, limitMs) {
      const endMs = nowMs + limitMs;
      return runSteps(() => (done() ? true : step(endMs) ? undefined : false));
    },
    eventCount: () => ran,
    note,
    digest: () => (digest >>> 0).toString(16).padStart(8, "0"),
  };
}

/**
 * Takes steps until one has a result. Node runs microtasks between two immediates of one turn, so several in a row keep steps apart
 * without a turn of its event loop for each.
 */
function runSteps(step: () => boolean | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let over = false;
    const once = () => {
      if (over) return;
      try {
        const result = step();
        if (result === undefined) return;
        over = true;
        resolve(result);
      } catch (error) {
        over = true;
        reject(error);
      }
    };
    const some = () => {
      if (over) return;
      for (let i = 0; i < EVENTS_AT_ONCE; i++) inTurnOfItsOwn(once);
      inTurnOfItsOwn(some);
    };
    some();
  });
}

function mortalTimers(after: VirtualTime["after"]): MortalTimers {
  let ended = false;
  const guarded = (action: () => void) => () => {
    if (!ended) action();
  };
  return {
    after: (delayMs, action) => after(delayMs, guarded(action)),
    yield: () => new Promise<void>((resolve) => after(0, guarded(resolve))),
    end() {
      ended = true;
    },
  };
}
