// Consumer groups as records of __consumer_offsets.
import type { EncodedEvent } from "../../runtime/machine.js";
import type { ConsumerEvent } from "./events.js";

export function encodeConsumer(event: ConsumerEvent): EncodedEvent | undefined {
  void event;
  return undefined;
}

/** Undefined for the key of another kind of record. */
export function decodeConsumer(recordType: number, key: Uint8Array, value: Uint8Array | null): ConsumerEvent | undefined {
  void [recordType, key, value];
  return undefined;
}
