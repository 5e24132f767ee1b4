// A record as a program gives it, made ready for a batch: serialized, checked, its headers in a list.
import type { HeaderInput } from "@moldau/records";
import { ClientError } from "../errors.js";
import type { Bytes, Headers, ProducerOptions, ProducerRecord } from "./options.js";

export interface PreparedRecord {
  readonly topic: string;
  readonly key: Bytes;
  readonly value: Bytes;
  readonly headers: readonly HeaderInput[];
  readonly partition: number | undefined;
  readonly timestamp: number;
}

const NO_HEADERS: readonly HeaderInput[] = Object.freeze([]);

/** Throws ClientError INVALID_ARGUMENT, and what a serializer throws. */
export function preparer<Key, Value>(
  serializers: ProducerOptions<Key, Value>["serializers"],
  nowMs: () => number,
): (record: ProducerRecord<Key, Value>) => PreparedRecord {
  const serializeKey = serializers?.key;
  const serializeValue = serializers?.value;
  return ({ topic, key = null, value = null, headers, partition, timestamp }) => {
    if (typeof topic !== "string" || topic === "") throw new ClientError("INVALID_ARGUMENT", "a record names no topic");
    return {
      topic,
      key: bytesOf(key === null || !serializeKey ? key : serializeKey(key, topic), "key", topic),
      value: bytesOf(value === null || !serializeValue ? value : serializeValue(value, topic), "value", topic),
      headers: headers === undefined ? NO_HEADERS : headersOf(headers, topic),
      partition,
      timestamp: timestamp ?? nowMs(),
    };
  };
}

function bytesOf(data: unknown, what: string, topic: string): Bytes {
  if (typeof data === "string" || data === null || data instanceof Uint8Array) return data;
  const message = `a ${what} is a ${typeof data}: it must be a string, a Uint8Array or null, or the producer needs a serializer`;
  throw new ClientError("INVALID_ARGUMENT", message, { topic });
}

function headersOf(headers: Headers, topic: string): readonly HeaderInput[] {
  const pairs = Array.isArray(headers) ? (headers as readonly (readonly [string, unknown])[]) : Object.entries(headers);
  return pairs.map(([key, value]) => ({ key, value: bytesOf(value, `header "${key}"`, topic) }));
}
