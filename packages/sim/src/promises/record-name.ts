// A record's name, which is its value: its producer, its batch, its place in the batch. So a log can be judged by itself.
//
//   53 bits: producer (20) · batch (25) · place (8)

export const MAX_PLACES = 2 ** 8;
const MAX_BATCHES = 2 ** 25;

/** Names one batch of one producer. */
export const batchName = (producer: number, batch: number): number => producer * MAX_BATCHES + batch;

export const recordName = (batch: number, place: number): number => batch * MAX_PLACES + place;

export const batchOf = (record: number): number => Math.floor(record / MAX_PLACES);

export const producerOf = (batch: number): number => Math.floor(batch / MAX_BATCHES);

export const sayRecord = (record: number): string => {
  const batch = batchOf(record);
  return `record ${producerOf(batch)}/${batch % MAX_BATCHES}/${record % MAX_PLACES}`;
};

const NAME_BYTES = 8;

/** A value that is the record's name and then padding. */
export function recordValue(record: number, paddingBytes: number): Uint8Array {
  const value = Buffer.alloc(NAME_BYTES + paddingBytes, record & 0xff);
  value.writeDoubleBE(record, 0);
  return value;
}

export function readRecordName(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset, NAME_BYTES).getFloat64(0);
}
