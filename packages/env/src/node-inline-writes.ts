// When a small write is done on the event loop itself. Handing a file call to a thread and back costs as much as a direct write
// of a page takes: an idle broker answers sooner, and for half the processor time, when it waits for the disk in place. A busy
// one has other work to do meanwhile, and a slow disk must not stop everything else; hence the budget.

/** Larger writes take long enough for the hop to pay. */
export const INLINE_WRITE_BYTES = 64 * 1024;
/** The part of all time that may be spent waiting in place. */
const SHARE = 0.25;
/** Unused time adds up to this. One slow write can use up more, and is paid off before the next. */
const BURST_MS = 4;

export interface InlineBudget {
  /** Whether a write of that many bytes may be done in place now. */
  allows(lengthBytes: number): boolean;
  /** Books the time that a write in place took. */
  spend(durationMs: number): void;
}

export function inlineBudget(monotonicMs: () => number): InlineBudget {
  let creditMs = BURST_MS;
  let creditedAtMs = monotonicMs();
  return {
    allows: (lengthBytes) => {
      if (lengthBytes > INLINE_WRITE_BYTES) return false;
      const nowMs = monotonicMs();
      creditMs = Math.min(BURST_MS, creditMs + (nowMs - creditedAtMs) * SHARE);
      creditedAtMs = nowMs;
      return creditMs > 0;
    },
    spend: (durationMs) => {
      creditMs -= durationMs;
    },
  };
}
