// How far a long look has come: one line on a terminal, written over and gone when it has ended.
import { type Clock, systemClock } from "@moldau/env";
import type { CommandIo } from "./io.js";
import { bytesText } from "./text.js";

const EVERY_MS = 200;
/** What is done sooner needs no progress. */
const SILENT_MS = 1_000;
const CLEAR = "\r\u001b[K";

export interface ProgressLine {
  readonly checkedBytes: number;
  add(bytes: number): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
}

export function progressLine(
  io: Pick<CommandIo, "error" | "errorIsTerminal">,
  doing: string,
  clock: Pick<Clock, "monotonicMs"> = systemClock,
): ProgressLine {
  const startedMs = clock.monotonicMs();
  let checkedBytes = 0;
  let shownMs = startedMs + SILENT_MS - EVERY_MS;
  let isShown = false;
  return {
    get checkedBytes() {
      return checkedBytes;
    },
    add(bytes) {
      checkedBytes += bytes;
      const now = clock.monotonicMs();
      if (!io.errorIsTerminal || now - shownMs < EVERY_MS) return;
      shownMs = now;
      isShown = true;
      io.error(`${CLEAR}${doing}: ${bytesText(checkedBytes)}, ${bytesText((checkedBytes * 1000) / (now - startedMs))}/s`);
    },
    clear() {
      if (isShown) io.error(CLEAR);
      isShown = false;
    },
  };
}
