// What is changed in a batch that is whole, in place. Base offset and leader epoch lie outside the crc and cost nothing;
// LogAppendTime and the producer lie inside and pay for a new one.
import { assert } from "@moldau/std";
import { readInt16, writeInt16, writeInt32, writeInt64 } from "./bytes.js";
import { batchCrc } from "./check.js";
import * as layout from "./layout.js";

/** Gives the batch its place in the partition. */
export function patchBatch(
  bytes: Uint8Array,
  position: number,
  { baseOffset, leaderEpoch }: { readonly baseOffset: number; readonly leaderEpoch: number },
): void {
  assert(baseOffset >= 0, "a base offset is not negative");
  writeInt64(bytes, position, baseOffset);
  writeInt32(bytes, position + layout.LEADER_EPOCH_AT, leaderEpoch);
}

/** Makes `timestampMs` the time of all records of the batch (message.timestamp.type=LogAppendTime). */
export function setLogAppendTime(bytes: Uint8Array, position: number, timestampMs: number): void {
  const attributes = readInt16(bytes, position + layout.ATTRIBUTES_AT);
  writeInt16(bytes, position + layout.ATTRIBUTES_AT, attributes | layout.LOG_APPEND_TIME_BIT);
  writeInt64(bytes, position + layout.MAX_TIMESTAMP_AT, timestampMs);
  sealBatch(bytes, position);
}

/** Who sends the batch, and which of its records is the first (KIP-98); -1 for none. */
export interface BatchProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/** Makes the batch another one of its producer's: what was sent before is numbered anew (KIP-360). */
export function setBatchProducer(bytes: Uint8Array, position: number, { producerId, producerEpoch, baseSequence }: BatchProducer): void {
  writeInt64(bytes, position + layout.PRODUCER_ID_AT, producerId);
  writeInt16(bytes, position + layout.PRODUCER_EPOCH_AT, producerEpoch);
  writeInt32(bytes, position + layout.BASE_SEQUENCE_AT, baseSequence);
  sealBatch(bytes, position);
}

/** Writes the crc that the batch's bytes have. */
export function sealBatch(bytes: Uint8Array, position: number): void {
  writeInt32(bytes, position + layout.CRC_AT, batchCrc(bytes, position));
}
