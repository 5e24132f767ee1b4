// Time as a port: the simulation runs years of it in seconds.
import type { Millis } from "@moldau/std";

export interface Clock {
  /** Wall time. May jump. */
  now(): Millis;
  /** Milliseconds, with fractions, since some instant. Never goes back. */
  monotonicMs(): number;
}

export interface Timer {
  cancel(): void;
}

export interface Timers {
  /** Runs `action` once, not before `delayMs` have passed. A pending timer does not keep the process alive, unless it is told to. */
  after(delayMs: number, action: () => void, keepsAlive?: boolean): Timer;
  /** Resolves after the events that are ready now have been handled: how long work lets others run. */
  yield(): Promise<void>;
}
