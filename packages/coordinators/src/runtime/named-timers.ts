// Timers that have names, over one timer of the system: thousands of members whose deadlines move with every heartbeat.
//
// Invariant: a timer's place in the heap is never later than it is due. One that moves further away stays where it is, and finds its
// new place when the old one comes up: a heartbeat changes one number.
import type { Clock, Timer, Timers } from "@moldau/env";
import { type IndexedHeap, indexedHeap } from "@moldau/std";

export interface NamedTimers<Command> {
  /** Sets or moves the timer of that name. */
  set(name: string, afterMs: number, command: Command): void;
  cancel(name: string): void;
  count(): number;
  /** Cancels all. */
  clear(): void;
}

interface Entry<Command> {
  readonly name: string;
  command: Command;
  dueAtMs: number;
  /** Where the heap has it. */
  placedAtMs: number;
  heapIndex: number;
}

/** `due` is called for each timer that is due, after it is forgotten. */
export function namedTimers<Command>(clock: Clock, timers: Timers, due: (command: Command) => void): NamedTimers<Command> {
  const byName = new Map<string, Entry<Command>>();
  const heap: IndexedHeap<Entry<Command>> = indexedHeap((a, b) => a.placedAtMs - b.placedAtMs);
  let armed: { readonly timer: Timer; readonly atMs: number } | undefined;

  const arm = () => {
    const first = heap.first();
    if (!first) {
      armed?.timer.cancel();
      armed = undefined;
      return;
    }
    // One that wakes too early does no harm.
    if (armed && armed.atMs <= first.placedAtMs) return;
    armed?.timer.cancel();
    const atMs = first.placedAtMs;
    armed = { atMs, timer: timers.after(Math.max(0, atMs - clock.monotonicMs()), ring) };
  };

  const ring = () => {
    armed = undefined;
    const nowMs = clock.monotonicMs();
    const ready: Entry<Command>[] = [];
    for (let first = heap.first(); first && first.placedAtMs <= nowMs; first = heap.first()) {
      if (first.dueAtMs > nowMs) {
        first.placedAtMs = first.dueAtMs;
        heap.moved(first);
      } else {
        heap.remove(first);
        ready.push(first);
      }
    }
    for (const entry of ready) {
      // Those before it may have moved or cancelled it.
      if (byName.get(entry.name) !== entry || entry.dueAtMs > nowMs) continue;
      byName.delete(entry.name);
      due(entry.command);
    }
    arm();
  };

  const place = (entry: Entry<Command>) => {
    entry.placedAtMs = entry.dueAtMs;
    if (entry.heapIndex < 0) heap.add(entry);
    else heap.moved(entry);
    arm();
  };

  return {
    set(name, afterMs, command) {
      const dueAtMs = clock.monotonicMs() + afterMs;
      const known = byName.get(name);
      if (!known) {
        const entry = { name, command, dueAtMs, placedAtMs: dueAtMs, heapIndex: -1 };
        byName.set(name, entry);
        place(entry);
        return;
      }
      known.command = command;
      known.dueAtMs = dueAtMs;
      if (known.heapIndex < 0 || dueAtMs < known.placedAtMs) place(known);
    },
    cancel(name) {
      const known = byName.get(name);
      if (!known) return;
      byName.delete(name);
      if (known.heapIndex >= 0) heap.remove(known);
    },
    count: () => byName.size,
    clear() {
      byName.clear();
      heap.clear();
      arm();
    },
  };
}
