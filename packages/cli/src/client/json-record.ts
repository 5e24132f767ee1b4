// Records as lines of JSON, the same to write and to read: what one command prints the other takes.
//
//   {"topic":"orders","partition":0,"offset":7,"timestamp":1769860800000,"key":"a","value":"…","headers":[["trace","1"]]}
//
// Text is itself, null is null, and bytes that are no UTF-8 are {"base64":"…"}.
import type { ConsumerRecord, ProducerRecord } from "@moldau/client";
import { jsonLine, utf8 } from "../text.js";

export interface JsonBytes {
  readonly base64: string;
}

export function recordLine({ topic, partition, offset, timestamp, key, value, headers }: ConsumerRecord): string {
  const named = headers.map((header) => [header.key, bytesOrText(header.value)]);
  return jsonLine({ topic, partition, offset, timestamp, key: bytesOrText(key), value: bytesOrText(value), headers: named });
}

function bytesOrText(bytes: Uint8Array | null): string | JsonBytes | null {
  if (bytes === null) return null;
  return utf8(bytes) ?? { base64: Buffer.from(bytes).toString("base64") };
}

/** What is wrong with a line, for whoever wrote it. */
export class NoRecord extends Error {
  override readonly name = "NoRecord";
}

/** A record for a topic; the line's own topic, partition and offset are not looked at, but for `partition` if told so. Throws NoRecord. */
export function recordOf(line: Uint8Array, topic: string, keepPartition: boolean): ProducerRecord {
  const { key, value, headers, timestamp, partition } = objectOf(line);
  if (timestamp !== undefined && !isWhole(timestamp)) throw new NoRecord("its timestamp is no whole number of milliseconds");
  if (keepPartition && partition !== undefined && !isWhole(partition)) throw new NoRecord("its partition is no whole number");
  return {
    topic,
    key: dataOf(key),
    value: dataOf(value),
    ...(headers !== undefined && { headers: headersOf(headers) }),
    ...(isWhole(timestamp) && timestamp >= 0 && { timestamp }),
    ...(keepPartition && isWhole(partition) && { partition }),
  };
}

function objectOf(line: Uint8Array): Readonly<Record<string, unknown>> {
  const text = utf8(line);
  if (text === undefined) throw new NoRecord("it is no UTF-8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new NoRecord("it is no JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NoRecord("it is no JSON object");
  return value as Readonly<Record<string, unknown>>;
}

const isWhole = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value);

/** What is neither text nor bytes is JSON itself: {"value":{"id":7}} sends {"id":7}. */
function dataOf(value: unknown): string | Uint8Array | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  if (isBase64(value)) return Buffer.from(value.base64, "base64");
  return JSON.stringify(value);
}

const isBase64 = (value: unknown): value is JsonBytes =>
  typeof value === "object" && value !== null && Object.keys(value).length === 1 && "base64" in value && typeof value.base64 === "string";

function headersOf(headers: unknown): readonly (readonly [string, string | Uint8Array | null])[] {
  const pairs = Array.isArray(headers) ? headers : typeof headers === "object" && headers !== null ? Object.entries(headers) : undefined;
  if (!pairs) throw new NoRecord('its headers are neither pairs ([["name","value"]]) nor an object');
  return pairs.map((pair: unknown) => {
    if (!Array.isArray(pair) || typeof pair[0] !== "string") throw new NoRecord("a header is no pair of name and value");
    return [pair[0], dataOf(pair[1])];
  });
}
