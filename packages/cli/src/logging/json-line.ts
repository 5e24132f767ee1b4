// A log entry for programs: {"time":"2026-01-31T12:00:00.000Z","level":"info","message":"…", and the entry's fields}.
import type { LogEntry } from "./logger.js";

export function jsonLine({ time, level, message, fields }: LogEntry): string {
  return JSON.stringify({ time: time.toISOString(), level, message, ...fields }, plain);
}

/** Errors and numbers beyond 2^53 have no JSON of their own. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, ...("code" in value && { code: value.code }), ...(cause !== undefined && { cause }), stack };
}
