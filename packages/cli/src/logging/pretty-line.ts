// A log entry for people:
//
//   12:00:00.000  warn  connection closed  peer=127.0.0.1:4711 reason="idle for 10 min"
import { inspect } from "node:util";
import type { LogEntry, LogLevel } from "./logger.js";

const COLORS: Readonly<Record<LogLevel, string>> = { debug: "90", info: "36", warn: "33", error: "31" };

export function prettyLine({ time, level, message, fields }: LogEntry, color: boolean): string {
  const paint = (code: string, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const clock = time.toTimeString().slice(0, 8) + time.toISOString().slice(19, 23);
  const head = `${paint("90", clock)}  ${paint(COLORS[level], level.padEnd(5))} ${message}`;
  const errors = Object.values(fields).filter((value) => value instanceof Error);
  const rest = Object.entries(fields).filter(([, value]) => !(value instanceof Error));
  const facts = rest.map(([name, value]) => `${paint("90", `${name}=`)}${fieldText(value)}`);
  const line = facts.length === 0 ? head : `${head}  ${facts.join(" ")}`;
  return [line, ...errors.map((error) => `  ${inspect(error).replaceAll("\n", "\n  ")}`)].join("\n");
}

/** Plain words stay plain; everything else is quoted, so that a line stays a line. */
function fieldText(value: unknown): string {
  if (typeof value === "string") return /^[\w./:@[\]+-]+$/.test(value) ? value : JSON.stringify(value);
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 4 });
}
