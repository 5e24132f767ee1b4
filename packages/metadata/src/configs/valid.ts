// Which values a configuration takes, beyond its type: each rule says what it wants, and what is wrong with a value.
import type { ConfigValue } from "./value.js";

export interface Valid {
  /** The rule in words, e.g. "at least 1". */
  readonly text: string;
  /** What is wrong with a parsed value, in words that follow the value; undefined when nothing is. */
  problem(value: ConfigValue): string | undefined;
}

/** At least `min`. */
export const atLeast = (min: number): Valid => rule(`at least ${min}`, (value) => typeof value === "number" && value >= min);

/** From `min` to `max`, or exactly `also`. */
export const between = (min: number, max: number, also?: number): Valid =>
  rule(
    `from ${min} to ${max}${also === undefined ? "" : `, or ${also}`}`,
    (value) => typeof value === "number" && ((value >= min && value <= max) || value === also),
  );

export const oneOf = (...names: readonly string[]): Valid =>
  rule(`one of ${names.join(", ")}`, (value) => typeof value === "string" && names.includes(value));

export const oneOfIgnoringCase = (...names: readonly string[]): Valid =>
  rule(`one of ${names.join(", ")}, in any case`, (value) => typeof value === "string" && names.includes(value.toUpperCase()));

/** A list made of these names only. */
export const eachOneOf = (...names: readonly string[]): Valid =>
  rule(`a list of ${names.join(", ")}`, (value) => Array.isArray(value) && value.every((item) => names.includes(item)));

export const nonEmpty: Valid = rule("not empty", (value) => value !== "");

/** "*" or pairs of partition and broker. */
export const throttledReplicas: Valid = rule(
  '"*", or a list of PARTITION:BROKER',
  (value) => Array.isArray(value) && (value.join() === "*" || value.every((pair) => /^\d+:\d+$/.test(pair))),
);

/** Where a share group begins; a duration as in ISO 8601. */
export const offsetReset: Valid = rule(
  "latest, earliest, or by_duration:PnDTnHnMn.nS",
  (value) => value === "latest" || value === "earliest" || (typeof value === "string" && isPastDuration(value)),
);

const isPastDuration = (value: string): boolean =>
  /^by_duration:P(?=\d|T\d)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/.test(value);

/** "ADDRESS:COUNT,…"; an IPv6 address has colons of its own, so the last one divides. */
export const addressCounts: Valid = rule(
  "a list of ADDRESS:COUNT",
  (value) => typeof value === "string" && (value === "" || value.split(",").every((item) => /^\s*\S+:\d{1,9}\s*$/.test(item))),
);

function rule(text: string, holds: (value: ConfigValue) => boolean): Valid {
  return { text, problem: (value) => (holds(value) ? undefined : `it must be ${text}`) };
}
