// Records as bytes to print: the value alone, key and value, JSON, or hexadecimal digits.
import type { ConsumerRecord } from "@moldau/client";
import { recordLine } from "../client/json-record.js";

export interface FormatFlags {
  readonly format: "value" | "json" | "hex";
  readonly json?: true;
  readonly keySeparator?: string;
  readonly delimiter: string;
}

/** Adds a record's bytes to `parts`. */
export type Format = (record: ConsumerRecord, parts: Uint8Array[]) => void;

export function formatOf({ format, json, keySeparator, delimiter }: FormatFlags): Format {
  if (json || format === "json") return (record, parts) => void parts.push(Buffer.from(recordLine(record)));
  if (format === "hex") return (record, parts) => void parts.push(Buffer.from(hexLine(record)));
  const end = Buffer.from(unescaped(delimiter));
  const separator = keySeparator === undefined ? undefined : Buffer.from(unescaped(keySeparator));
  return ({ key, value }, parts) => {
    if (separator) parts.push(key ?? NOTHING, separator);
    parts.push(value ?? NOTHING, end);
  };
}

const NOTHING = new Uint8Array(0);

/** "orders-0 7 key=6b value=76": null is "-". */
function hexLine({ topic, partition, offset, key, value }: ConsumerRecord): string {
  return `${topic}-${partition} ${offset} key=${hex(key)} value=${hex(value)}\n`;
}

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? "-" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", 0: "\0", "\\": "\\" };

/** Shells make it hard to write a tab. */
const unescaped = (text: string): string => text.replace(/\\([ntr0\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
