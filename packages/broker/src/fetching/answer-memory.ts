// How many bytes of records may be on their way to clients, all together. What a fetch has read lies in memory until its client has
// taken it, and a client may take its time: without a bound, slow readers would fill the machine.
//
// A fetch reserves before it reads and gives back what it did not find. No one gets all that is left, so that many can read at once;
// when nothing is left, fetches find nothing until others are sent.

export interface AnswerMemory {
  /** Reserves at most `wantedBytes`. */
  reserve(wantedBytes: number): Reservation;
  heldBytes(): number;
}

export interface Reservation {
  /** What may be read. Zero: nothing at all. */
  readonly bytes: number;
  /** What was read, which may be more by one batch. */
  keep(bytes: number): void;
  release(): void;
}

/** The part of what is left that one fetch may reserve. */
const SHARE = 1 / 4;
/** Below this there is no point in dividing. */
const SMALLEST_SHARE_BYTES = 1024 * 1024;

export function answerMemory(boundBytes: number): AnswerMemory {
  let held = 0;
  return {
    heldBytes: () => held,
    reserve(wantedBytes) {
      const left = Math.max(0, boundBytes - held);
      let reserved = Math.min(wantedBytes, left, Math.max(left * SHARE, SMALLEST_SHARE_BYTES));
      const bytes = reserved;
      held += reserved;
      const change = (to: number) => {
        held += to - reserved;
        reserved = to;
      };
      return { bytes, keep: change, release: () => change(0) };
    },
  };
}
