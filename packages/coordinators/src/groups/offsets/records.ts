// Committed offsets as records of __consumer_offsets.
import type { EncodedEvent } from "../../runtime/machine.js";
import type { OffsetsEvent } from "./events.js";

export function encodeOffset(event: OffsetsEvent): EncodedEvent | undefined {
  void event;
  return undefined;
}

/** Undefined for the key of another kind of record. */
export function decodeOffset(recordType: number, key: Uint8Array, value: Uint8Array | null): OffsetsEvent | undefined {
  void [recordType, key, value];
  return undefined;
}
