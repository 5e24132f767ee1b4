// Virtual time: nothing passes but what is waited for. Events run one by one in the order of their times, and between two of them
// everything that follows without waiting (promises) is run to its end.
import { setImmediate as afterMicrotasks } from "node:timers/promises";
import type { Clock, Timers } from "@moldau/env";
import { millis } from "@moldau/std";

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void;
  cancelled: boolean;
}

/** Timers that end with whom they belong to: those of a killed broker never fire. */
export interface MortalTimers extends Timers {
  end(): void;
}

export interface VirtualTime {
  readonly clock: Clock;
  nowMs(): number;
  after(delayMs: number, action: () => void): { cancel(): void };
  timers(): MortalTimers;
  /** Runs events until `done` says so, or none is left, or `limitMs` have passed; true when done. */
  run(done: () => boolean, limitMs: number): Promise<boolean>;
}

/** Wall time begins here: 2026-01-01. */
const EPOCH_MS = 1_767_225_600_000;

export function virtualTime(): VirtualTime {
  const heap: Event[] = [];
  let nowMs = 0;
  let order = 0;

  const after = (delayMs: number, action: () => void) => {
    const event: Event = { atMs: nowMs + Math.max(0, delayMs), order: order++, action, cancelled: false };
    push(heap, event);
    return {
      cancel() {
        event.cancelled = true;
      },
    };
  };

  return {
    clock: { now: () => millis(EPOCH_MS + Math.floor(nowMs)), monotonicMs: () => nowMs },
    nowMs: () => nowMs,
    after,
    timers() {
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
    },
    async run(done, limitMs) {
      const end = nowMs + limitMs;
      for (;;) {
        await afterMicrotasks();
        if (done()) return true;
        const event = pop(heap);
        if (!event) return false;
        if (event.atMs > end) {
          push(heap, event);
          nowMs = end;
          return false;
        }
        nowMs = event.atMs;
        if (!event.cancelled) event.action();
      }
    },
  };
}

const before = (a: Event, b: Event) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let at = heap.push(event) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Event;
    if (!before(event, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right && before(right, heap[child] as Event)) child++;
    const below = heap[child] as Event;
    if (!before(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}
