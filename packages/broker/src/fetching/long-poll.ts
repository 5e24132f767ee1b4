// Waiting for records: a fetch that found too little sleeps until a high watermark moves or its time is up.
import type { Clock, Timers } from "@moldau/env";
import type { Partition, Waiter } from "../partitions/partition.js";
import { type FetchPass, type FetchTarget, fetchPass, type PassLimits } from "./fetch-pass.js";

export interface LongPoll extends PassLimits {
  readonly minBytes: number;
  readonly maxWaitMs: number;
  /** Calls back when nobody waits for the answer any more. */
  readonly whenGone: (stop: () => void) => void;
  /** The broker stops: answer with what there is. */
  readonly ending: () => boolean;
}

/** The first pass that satisfies the request, or the last one when time is up. */
export async function longPoll(targets: readonly FetchTarget[], poll: LongPoll, clock: Clock, timers: Timers): Promise<FetchPass> {
  const deadline = clock.monotonicMs() + poll.maxWaitMs;
  let pass = await fetchPass(targets, poll);
  if (satisfied(pass, poll) || poll.maxWaitMs <= 0) return pass;

  const partitions = new Set(targets.flatMap(({ partition }) => (typeof partition === "string" ? [] : [partition])));
  const bell = doorbell();
  let gone = false;
  poll.whenGone(() => {
    gone = true;
    bell.wake();
  });
  for (const partition of partitions) partition.waiters.add(bell);
  try {
    // What came between the pass and the bell was not heard.
    let heard = gone || poll.ending() || missed(targets, pass);
    for (;;) {
      // What was found is found again: it must not keep memory while nothing happens.
      pass.release();
      const leftMs = deadline - clock.monotonicMs();
      if (!heard && leftMs > 0) await bell.ring(timers, leftMs);
      const last = gone || poll.ending() || clock.monotonicMs() >= deadline;
      pass = await fetchPass(targets, poll);
      if (last || satisfied(pass, poll)) return pass;
      heard = false;
    }
  } finally {
    for (const partition of partitions) partition.waiters.delete(bell);
  }
}

function satisfied(pass: FetchPass, poll: LongPoll): boolean {
  return pass.urgent || pass.sizeBytes >= poll.minBytes;
}

function missed(targets: readonly FetchTarget[], pass: FetchPass): boolean {
  return targets.some(({ partition }, i) => isOpen(partition) && partition.log.highWatermark !== pass.reads[i]?.highWatermark);
}

function isOpen(partition: FetchTarget["partition"]): partition is Partition {
  return typeof partition !== "string";
}

/** Remembers a ring that comes while nobody listens. */
function doorbell(): Waiter & { ring(timers: Timers, withinMs: number): Promise<void> } {
  let rung = false;
  let listening: (() => void) | undefined;
  return {
    wake() {
      rung = true;
      listening?.();
    },
    async ring(timers, withinMs) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = timers.after(withinMs, resolve);
          listening = () => {
            timer.cancel();
            resolve();
          };
        });
        listening = undefined;
      }
      rung = false;
    },
  };
}
