// Values as people read them: sizes, times, tables, bytes.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** 1536 is "1.5 KiB". */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** 1 and "file" is "1 file", 2 is "2 files". */
export const countText = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const LAST_DATE_MS = 8.64e15;

/** ISO 8601 in UTC; what is no date is its number. */
export const timeText = (ms: number): string => (ms >= 0 && ms <= LAST_DATE_MS ? new Date(ms).toISOString() : String(ms));

export type Cell = string | number;

/** Columns, two spaces apart; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column] ?? "").length)));
  const isNumber = head.map((_, column) => rows.every((row) => typeof row[column] === "number" || row[column] === "-"));
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, column) => (isNumber[column] ? String(cell).padStart(widths[column] ?? 0) : String(cell).padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return `${[line(head), ...rows.map(line)].join("\n")}\n`;
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that bytes are in UTF-8; undefined when they are none. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

/** In quotes, so that a line stays a line and a terminal does nothing but print; what is no UTF-8 in hexadecimal digits. */
export function quoted(bytes: Uint8Array | null): string {
  if (bytes === null) return "null";
  const text = utf8(bytes);
  if (text === undefined) return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`;
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escaped);
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A line of JSON. Numbers beyond 2^53 become text; bytes become base64. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value, plain)}\n`;

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (isBytesAsJson(value)) return Buffer.from(value.data).toString("base64");
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

/** What a Buffer has become before a replacer sees it. */
const isBytesAsJson = (value: unknown): value is { readonly type: "Buffer"; readonly data: readonly number[] } =>
  typeof value === "object" && value !== null && "type" in value && value.type === "Buffer" && "data" in value && Array.isArray(value.data);
