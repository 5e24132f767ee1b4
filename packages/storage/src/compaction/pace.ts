// How fast a pass goes: in slices of work between which the event loop turns, within a rate of bytes, until it is told to stop.
import type { Clock, Timer, Timers } from "@moldau/env";

export interface Pace {
  /** Whether others should run now. Asked after a little work, say a few hundred records. */
  isDue(): boolean;
  /** Lets others run, and waits where the rate asks for it. Rejects with the signal's reason. */
  turn(): Promise<void>;
  /** So much was read or written. */
  spent(bytes: number): void;
}

export interface PaceOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly maxBytesPerSecond?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Undefined when nobody appends; else resolves when what is on its way has arrived. */
  readonly appends?: (() => Promise<void> | undefined) | undefined;
  /** Grows with each group of appends that arrives. */
  readonly activity?: (() => number) | undefined;
}

/** An append takes several turns of the event loop, and may meet a slice in each. */
const SLICE_MS = 0.5;
/** After a turn that took as long, others have work: they get another one, up to so many. */
const BUSY_MS = 0.1;
const TURNS_MAX = 5;
/** An append that is on its way gets there first, but under a constant load a pass goes on, too: with a slice per so long. */
const GIVE_WAY_MS = 5;
/** While others append, a pass rests as long after each slice: it takes a third of the time, and the disk is theirs for the rest. */
const REST_MS = 1;
/** Where time stands still, work is not endless all the same. */
const ASKED_MAX = 64;
/** Shorter waits are saved up. */
const WAIT_MS_MIN = 5;
/** How much of what was not used may be made up for. */
const CREDIT_MS_MAX = 100;

export function pace({ clock, timers, maxBytesPerSecond, signal, appends, activity = () => 0 }: PaceOptions): Pace {
  let sliceEndMs = clock.monotonicMs() + SLICE_MS;
  let asked = 0;
  /** When all that was spent so far may have been spent. */
  let paidMs = clock.monotonicMs();

  const wait = async () => {
    const aheadMs = paidMs - clock.monotonicMs();
    if (maxBytesPerSecond === undefined || aheadMs < WAIT_MS_MIN) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        timer.cancel();
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = timers.after(aheadMs, done);
      signal?.addEventListener("abort", done);
    });
  };

  let seen = activity();

  const giveWay = async () => {
    const arrived = appends?.();
    if (arrived) {
      let timer: Timer | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = timers.after(GIVE_WAY_MS, resolve);
      });
      await Promise.race([arrived, enough]);
      timer?.cancel();
      // Now it is answered.
      await timers.yield();
    }
    if (activity() === seen) return;
    seen = activity();
    await new Promise<void>((resolve) => void timers.after(REST_MS, resolve));
  };

  const others = async () => {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const beforeMs = clock.monotonicMs();
      await timers.yield();
      if (clock.monotonicMs() - beforeMs < BUSY_MS) return;
    }
  };

  return {
    isDue: () => ++asked >= ASKED_MAX || clock.monotonicMs() >= sliceEndMs,
    async turn() {
      await others();
      await giveWay();
      await wait();
      signal?.throwIfAborted();
      sliceEndMs = clock.monotonicMs() + SLICE_MS;
      asked = 0;
    },
    spent(bytes) {
      if (maxBytesPerSecond === undefined) return;
      paidMs = Math.max(paidMs, clock.monotonicMs() - CREDIT_MS_MAX) + (bytes / maxBytesPerSecond) * 1_000;
    },
  };
}
