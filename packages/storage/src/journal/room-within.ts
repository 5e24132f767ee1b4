// Waiting for room in a full journal, up to a limit.
import type { Timers } from "@moldau/env";
import { StorageError } from "../errors.js";
import type { Journal } from "./journal.js";

/** Resolves when a group of that many bytes fits; rejects with StorageError "full" after `patienceMs`. */
export async function roomWithin(patienceMs: number, journal: Journal, lengthBytes: number, timers: Timers): Promise<void> {
  let cancel = (): void => undefined;
  let late = false;
  const limit = new Promise<void>((resolve) => {
    const timer = timers.after(patienceMs, () => {
      late = true;
      resolve();
    });
    cancel = () => timer.cancel();
  });
  try {
    while (!journal.fits(lengthBytes)) {
      if (late) throw new StorageError("full", `the journal was full for ${Math.round(patienceMs)} ms`);
      await Promise.race([journal.roomFreed(), limit]);
    }
  } finally {
    cancel();
  }
}
