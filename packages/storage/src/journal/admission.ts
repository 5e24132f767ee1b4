// Who may append now, and who waits: first come, first served, and not for ever. Backpressure lives here.
import type { Clock, Timer, Timers } from "@moldau/env";
import { StorageError } from "../errors.js";

export interface Admission {
  /** See GroupCommit.admit. */
  admit(lengthBytes: number): Promise<void> | undefined;
  /** There may be more room than before. */
  pump(): void;
  /** Rejects all who wait, and all who come. */
  close(error: StorageError): void;
}

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly patienceMs: number;
  /** Whether that many bytes may be appended on top of `grantedBytes` that will be at any moment. */
  readonly hasRoom: (grantedBytes: number, lengthBytes: number) => boolean;
}

interface Waiting {
  readonly lengthBytes: number;
  readonly deadlineMs: number;
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

/** Who comes when others have waited in vain waits this part of the patience: a connection's requests wait one after another, and a
 * client must hear of a full disk before it takes the broker for dead. */
const LATER_SHARE = 0.1;

export function admission({ clock, timers, patienceMs, hasRoom }: AdmissionOptions): Admission {
  let waiting: Waiting[] = [];
  /** Since when nobody has been let in, while somebody wanted to. */
  let stuckSinceMs: number | undefined;
  /** Let in within this turn of the event loop: they append as soon as their promises are heard. */
  let grantedBytes = 0;
  let timer: Timer | undefined;
  let closed: StorageError | undefined;

  const forgetGranted = (): void => {
    grantedBytes = 0;
    pump();
  };

  const pump = (): void => {
    let count = 0;
    for (const { lengthBytes, resolve } of waiting) {
      if (!hasRoom(grantedBytes, lengthBytes)) break;
      if (grantedBytes === 0) void timers.yield().then(forgetGranted);
      grantedBytes += lengthBytes;
      count++;
      resolve();
    }
    if (count > 0) {
      waiting = waiting.slice(count);
      stuckSinceMs = waiting.length > 0 ? clock.monotonicMs() : undefined;
    }
    if (waiting.length === 0) {
      timer?.cancel();
      timer = undefined;
    }
  };

  /** The first in line has waited longest. */
  const watchFirst = (): void => {
    const first = waiting[0];
    // Invariant: deadlines never decrease along the line.
    timer = first && timers.after(Math.max(0, first.deadlineMs - clock.monotonicMs()), giveUp);
  };
  const giveUp = (): void => {
    const nowMs = clock.monotonicMs();
    const late = waiting.filter(({ deadlineMs }) => deadlineMs <= nowMs);
    waiting = waiting.slice(late.length);
    for (const { reject } of late) reject(new StorageError("full", `the journal had no room for ${Math.round(patienceMs)} ms`));
    watchFirst();
    pump();
  };

  return {
    admit: (lengthBytes) => {
      if (closed) return Promise.reject(closed);
      if (waiting.length === 0 && hasRoom(grantedBytes, lengthBytes)) {
        stuckSinceMs = undefined;
        return undefined;
      }
      const nowMs = clock.monotonicMs();
      stuckSinceMs ??= nowMs;
      const deadlineMs = Math.max(stuckSinceMs + patienceMs, nowMs + patienceMs * LATER_SHARE);
      return new Promise((resolve, reject) => {
        waiting.push({ lengthBytes, deadlineMs, resolve, reject });
        if (!timer) watchFirst();
      });
    },
    pump,
    close: (error) => {
      closed = error;
      timer?.cancel();
      timer = undefined;
      for (const { reject } of waiting) reject(error);
      waiting = [];
    },
  };
}
