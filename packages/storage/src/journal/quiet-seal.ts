// When to write a seal: the group after the last acknowledged one says that it was durable, so that damage to it is not taken for a
// torn tail (DESIGN §6.6). One is due when a second has passed without appends.
import type { Clock, Timer, Timers } from "@moldau/env";
import { StorageError } from "../errors.js";

export interface QuietSeal {
  /** A group is durable. */
  committed(isSeal: boolean): void;
  /** Whether the newest group is not a seal. */
  isDue(): boolean;
  close(): void;
}

export interface QuietSealOptions {
  readonly timers: Timers;
  readonly clock: Clock;
  readonly quietMs: number;
  /** Whether there are groups that nobody sealed yet. */
  readonly unsealed: boolean;
  readonly write: () => Promise<void>;
}

export function quietSeal({ timers, clock, quietMs, unsealed, write }: QuietSealOptions): QuietSeal {
  let due = unsealed;
  let lastCommitMs = clock.monotonicMs();
  let timer: Timer | undefined;

  /** One timer looks now and then whether it is quiet: cheaper than one per group. */
  const look = (delayMs: number): void => {
    timer = timers.after(delayMs, () => {
      timer = undefined;
      if (!due) return;
      const leftMs = lastCommitMs + quietMs - clock.monotonicMs();
      if (leftMs > 0) return look(leftMs);
      write().catch((error: unknown) => {
        // The next append tries the disk again, and its seal follows.
        if (!(error instanceof StorageError)) throw error;
      });
    });
  };
  if (due) look(quietMs);

  return {
    committed: (isSeal) => {
      due = !isSeal;
      lastCommitMs = clock.monotonicMs();
      if (due && !timer) look(quietMs);
    },
    isDue: () => due,
    close: () => timer?.cancel(),
  };
}
