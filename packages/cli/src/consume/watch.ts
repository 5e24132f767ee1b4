// Ends a consumer that has come to the end, or to which nothing has come for long.
import type { Client, Consumer } from "@moldau/client";
import { keyOf, type Span } from "./span.js";

export interface Watch {
  /** Something has come. */
  came(): void;
  stop(): void;
}

export interface Limits {
  /** Read up to their ends, and no further; undefined: for ever. */
  readonly toEnd: readonly Span[] | undefined;
  readonly idleMs: number | undefined;
}

const LOOK_EVERY_MS = 50;

export function watchOver({ cluster }: Client, consumer: Consumer, { toEnd, idleMs }: Limits): Watch {
  const { clock, timers } = cluster.settings.world;
  const ends = new Map(toEnd?.map((span) => [keyOf(span), span.end]));
  let cameMs = clock.monotonicMs();

  /** What ends with control records has no last record to wait for: only positions tell. */
  const isAtEnd = () => {
    const { assignment } = consumer;
    return assignment.length > 0 && assignment.every((place) => (consumer.position(place) ?? 0) >= (ends.get(keyOf(place)) ?? 0));
  };
  const look = () => {
    const isIdle = idleMs !== undefined && clock.monotonicMs() - cameMs >= idleMs;
    if (isIdle || (toEnd && isAtEnd())) void consumer.close();
    else timer = timers.after(LOOK_EVERY_MS, look);
  };
  let timer = timers.after(0, look);
  if (!toEnd && idleMs === undefined) timer.cancel();
  return {
    came() {
      cameMs = clock.monotonicMs();
    },
    stop: () => timer.cancel(),
  };
}
