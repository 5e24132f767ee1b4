// Places in a partition as people write them: beginning, end, an offset, a time, or how long ago.
import type { OffsetSpec } from "@moldau/client";
import { UsageError } from "../exit.js";

export type Place =
  | { readonly kind: "earliest" }
  | { readonly kind: "latest" }
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "time"; readonly timeMs: number };

export const PLACES = "beginning, end, an offset, a time (2026-01-31T12:00:00Z) or how long ago (15m, 2h, 7d)";

const EARLIEST = new Set(["beginning", "earliest", "start"]);
const LATEST = new Set(["end", "latest", "now"]);
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^-?(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `flag` is what it was said with, for the mistake. Throws UsageError. */
export function parsePlace(text: string, flag: string, nowMs: number): Place {
  if (EARLIEST.has(text)) return { kind: "earliest" };
  if (LATEST.has(text)) return { kind: "latest" };
  if (/^\d+$/.test(text)) return { kind: "offset", offset: Number(text) };
  const agoMs = durationMs(text);
  if (agoMs !== undefined) return { kind: "time", timeMs: nowMs - agoMs };
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new UsageError(`${flag} must be ${PLACES}, and "${text}" is not.`);
  return { kind: "time", timeMs };
}

/** "15m" in milliseconds; undefined when it is no duration. */
export function durationMs(text: string): number | undefined {
  const [, digits, unit] = DURATION.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** What to ask brokers for; offsets need not be asked for. */
export const questionOf = (place: Exclude<Place, { readonly kind: "offset" }>): OffsetSpec =>
  place.kind === "time" ? place.timeMs : place.kind;
