// Loops over a consumer. Where the next item is there already, `next` answers with a promise that is resolved already: a loop over buffered
// records makes no round through anybody's queue.
import type { Clock, Timers } from "@moldau/env";
import type { Bell } from "./bell.js";

export interface IterationWorld {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Called before the first item is looked for. */
  readonly begin: () => void;
  /** The program asks for more. */
  readonly asked: () => void;
  /** The program has left the loop with something in hand. */
  readonly left: () => void;
  /** Rings when there may be something, or the end has come. */
  readonly bell: Bell;
  readonly isEnded: () => boolean;
  /** What the loop is to throw. */
  readonly failure: () => unknown;
}

/** Others get to run after as long: heartbeats would be late if a loop over what is buffered kept the thread to itself. */
const TURN_MS = 10;
/** The clock is looked at once in as many items. */
const LOOK_EVERY = 32;

/** One loop. `take` gives what is there, or undefined. */
export function iterationOf<Item>(world: IterationWorld, take: () => Item | undefined, ended: () => void): AsyncIterableIterator<Item> {
  const { clock, timers, begin, asked, left, bell, isEnded, failure } = world;
  let isBegun = false;
  let isDone = false;
  let items = 0;
  let turnBeganMs = clock.monotonicMs();
  /** Set while an earlier `next` has not been answered. */
  let before: Promise<unknown> | undefined;

  const finish = (): IteratorResult<Item> => {
    isDone = true;
    ended();
    return { done: true, value: undefined };
  };
  const takeOne = (): IteratorResult<Item> | undefined => {
    if (isDone) return { done: true, value: undefined };
    const failed = failure();
    if (failed !== undefined) throw failed;
    if (isEnded()) return finish();
    const item = take();
    return item === undefined ? undefined : { done: false, value: item };
  };
  const turnIsOver = (): boolean => {
    if (++items % LOOK_EVERY !== 0) return false;
    return clock.monotonicMs() - turnBeganMs > TURN_MS;
  };
  const wait = async (): Promise<IteratorResult<Item>> => {
    for (;;) {
      const taken = takeOne();
      if (taken) return taken;
      await bell.heard();
      turnBeganMs = clock.monotonicMs();
    }
  };
  const afterOthers = async (): Promise<IteratorResult<Item>> => {
    await timers.yield();
    turnBeganMs = clock.monotonicMs();
    return wait();
  };
  /** Answers that come later come in order. */
  const later = (answer: () => Promise<IteratorResult<Item>>): Promise<IteratorResult<Item>> => {
    const run = async () => {
      try {
        return await answer();
      } catch (error) {
        finish();
        throw error;
      } finally {
        // Before the program hears of it: its next question finds the way free.
        if (before === mine) before = undefined;
      }
    };
    const mine = run();
    before = mine;
    return mine;
  };
  const next = (): Promise<IteratorResult<Item>> => {
    if (before) {
      const answer = () => {
        asked();
        return wait();
      };
      const earlier = before;
      return later(() => earlier.then(answer, answer));
    }
    if (isDone) return Promise.resolve({ done: true, value: undefined });
    if (!isBegun) {
      isBegun = true;
      begin();
    }
    asked();
    if (turnIsOver()) return later(afterOthers);
    try {
      const taken = takeOne();
      if (taken) return Promise.resolve(taken);
    } catch (error) {
      finish();
      return Promise.reject(error);
    }
    return later(wait);
  };
  const iteration: AsyncIterableIterator<Item> = {
    next,
    async return() {
      if (!isDone) {
        left();
        finish();
        bell.ring();
      }
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iteration,
  };
  return iteration;
}
