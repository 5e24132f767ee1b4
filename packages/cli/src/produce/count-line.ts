// How many records have been sent: one line on a terminal, written over and gone when it has ended.
import { type Clock, systemClock } from "@moldau/env";
import type { CommandIo } from "../io.js";
import { bytesText, countText } from "../text.js";

const EVERY_MS = 200;
/** What is done sooner needs no progress. */
const SILENT_MS = 1_000;
const CLEAR = "\r\u001b[K";

export interface Counted {
  readonly taken: number;
  readonly takenBytes: number;
}

export interface CountLine {
  update(): void;
  clear(): void;
}

export function countLine(
  io: Pick<CommandIo, "error" | "errorIsTerminal">,
  counted: Counted,
  clock: Pick<Clock, "monotonicMs"> = systemClock,
): CountLine {
  const startedMs = clock.monotonicMs();
  let shownMs = startedMs + SILENT_MS - EVERY_MS;
  let isShown = false;
  return {
    update() {
      if (!io.errorIsTerminal) return;
      const nowMs = clock.monotonicMs();
      if (nowMs - shownMs < EVERY_MS) return;
      shownMs = nowMs;
      isShown = true;
      const seconds = (nowMs - startedMs) / 1000;
      const { taken, takenBytes } = counted;
      const rates = `${Math.round(taken / seconds)} records/s, ${bytesText(takenBytes / seconds)}/s`;
      io.error(`${CLEAR}${countText(taken, "record")}, ${bytesText(takenBytes)}; ${rates}`);
    },
    clear() {
      if (isShown) io.error(CLEAR);
      isShown = false;
    },
  };
}
