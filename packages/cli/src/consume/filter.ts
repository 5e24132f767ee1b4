// Which records to print: by key, by what their value matches.
import type { ConsumerRecord } from "@moldau/client";
import { UsageError } from "../exit.js";

export interface FilterFlags {
  readonly key?: string;
  readonly match?: string;
}

/** Throws UsageError. */
export function filterOf({ key, match }: FilterFlags): (record: Pick<ConsumerRecord, "key" | "value">) => boolean {
  const wanted = key === undefined ? undefined : Buffer.from(key);
  const pattern = match === undefined ? undefined : patternOf(match);
  return (record) => {
    if (wanted && (record.key === null || !wanted.equals(record.key))) return false;
    return !pattern || (record.value !== null && pattern.test(Buffer.from(record.value).toString()));
  };
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`--match is no regular expression: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
