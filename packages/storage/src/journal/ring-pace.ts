// How fast the groups come. When files fill within moments, they may become segments where they lie, and space is not prepared ahead:
// zeros would be a second write of every byte. When they fill slowly, prepared space makes each write faster.
import type { Clock } from "@moldau/env";
import { FIRST_GROUP_AT, type RingFile } from "./ring-file.js";

export interface RingPace {
  /** Groups go on in this file. */
  begun(file: RingFile): void;
  /** The file is full; gives whether it was filled fast. */
  filled(file: RingFile): boolean;
  /** As things look while that file is being filled. */
  isFast(file: RingFile): boolean;
}

/** The part of `fastFillMs` after which a file has a pace of its own; until then that of the one before counts. */
const JUDGED_AFTER = 1 / 16;

export function ringPace(clock: Clock, fileBytes: number, fastFillMs: number): RingPace {
  let begunAtMs = clock.monotonicMs();
  let begunAt = FIRST_GROUP_AT;
  let wasFast = false;

  const judge = ({ position }: RingFile, elapsedMs: number): boolean => {
    wasFast = (position - begunAt) * fastFillMs >= elapsedMs * fileBytes;
    return wasFast;
  };

  return {
    begun(file) {
      begunAtMs = clock.monotonicMs();
      begunAt = file.position;
    },
    filled: (file) => judge(file, clock.monotonicMs() - begunAtMs),
    isFast(file) {
      const elapsedMs = clock.monotonicMs() - begunAtMs;
      return elapsedMs < fastFillMs * JUDGED_AFTER ? wasFast : judge(file, elapsedMs);
    },
  };
}
