// Classic groups as records of __consumer_offsets.
import type { EncodedEvent } from "../../runtime/machine.js";
import type { ClassicEvent } from "./events.js";

export function encodeClassic(event: ClassicEvent): EncodedEvent | undefined {
  void event;
  return undefined;
}

/** Undefined for the key of another kind of record. */
export function decodeClassic(recordType: number, key: Uint8Array, value: Uint8Array | null): ClassicEvent | undefined {
  void [recordType, key, value];
  return undefined;
}
