// Several things asked for at once: what was done is printed, what was not is told, and the exit code says whether all was.
import type { Outcome } from "@moldau/client";
import { EXIT } from "../exit.js";
import type { CommandIo } from "../io.js";
import { adviceOf } from "./advice.js";

/** The values. What failed is told, by the name of its item, and makes the command end with EXIT.failed. */
export function valuesOf<Item, Value>(
  io: CommandIo,
  outcomes: readonly Outcome<Item, Value>[],
  bootstrap: string,
  nameOf: (item: Item) => string,
): readonly Value[] {
  return outcomes.flatMap((outcome) => {
    if (!outcome.error) return [outcome.value];
    io.error(`moldau: ${nameOf(outcome.item)}: ${adviceOf(outcome.error, bootstrap)}\n`);
    io.exitWith(EXIT.failed);
    return [];
  });
}
