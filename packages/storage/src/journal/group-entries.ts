// What a group says of its batches, and whether they are what was written.
import {
  BATCH_HEADER_BYTES,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchCrc,
  batchLastOffset,
  batchLeaderEpoch,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  batchSizeBytes,
} from "@moldau/records";
import { type PartitionId, partitionIndex, topicId, UUID_BYTES, uuidText } from "@moldau/std";
import {
  BATCH_HEADER_AT,
  type GroupHeader,
  LENGTH_AT,
  PARTITION_AT,
  PARTITION_BYTES,
  POSITION_AT,
  TOC_ENTRY_BYTES,
  tocExtent,
} from "./group.js";
import type { JournalEntry } from "./group-commit.js";

/** Where the crc stands in a batch (big-endian). */
const BATCH_CRC_AT = 17;

/** The entry of a batch at `position` of its group, from a copy of its header at `at` of `bytes`. */
export function journalEntry(partition: PartitionId, bytes: Uint8Array, at: number, position: number, lengthBytes: number): JournalEntry {
  return {
    partition,
    baseOffset: batchBaseOffset(bytes, at),
    lastOffset: batchLastOffset(bytes, at),
    leaderEpoch: batchLeaderEpoch(bytes, at),
    maxTimestamp: batchMaxTimestamp(bytes, at),
    recordCount: batchRecordCount(bytes, at),
    producerId: batchProducerId(bytes, at),
    producerEpoch: batchProducerEpoch(bytes, at),
    baseSequence: batchBaseSequence(bytes, at),
    attributes: batchAttributes(bytes, at),
    position,
    lengthBytes,
  };
}

/** The batches of a whole, verified group, in the order they were appended. Entries of one partition or topic in a row share its id. */
export function decodeGroup(group: Uint8Array): readonly JournalEntry[] {
  const { position, entryCount } = tocExtent(group);
  const fields = new DataView(group.buffer, group.byteOffset, group.byteLength);
  const entries: JournalEntry[] = [];
  let previousAt = -1;
  let topic = topicId("");
  let partition: PartitionId | undefined;
  for (let i = 0; i < entryCount; i++) {
    const at = position + i * TOC_ENTRY_BYTES;
    if (partition === undefined || !equal(group, previousAt, at, PARTITION_BYTES)) {
      if (partition === undefined || !equal(group, previousAt, at, UUID_BYTES)) topic = topicId(uuidText(group, at));
      partition = { topicId: topic, index: partitionIndex(fields.getInt32(at + PARTITION_AT, true)) };
    }
    previousAt = at;
    entries.push(
      journalEntry(
        partition,
        group,
        at + BATCH_HEADER_AT,
        fields.getUint32(at + POSITION_AT, true),
        fields.getUint32(at + LENGTH_AT, true),
      ),
    );
  }
  return entries;
}

/** Where the first batch of a group is that is not what was written, if any. Header and table of contents are intact. */
export function damagedBatch(group: Uint8Array, header: GroupHeader): number | undefined {
  for (const position of damagedBatches(group, header)) return position;
  return undefined;
}

/** Where batches of a group are that are not what was written. Header and table of contents are intact. */
export function* damagedBatches(group: Uint8Array, header: GroupHeader): Iterable<number> {
  const fields = new DataView(group.buffer, group.byteOffset, group.byteLength);
  for (let i = 0; i < header.entryCount; i++) {
    const at = header.tocPosition + i * TOC_ENTRY_BYTES;
    const position = fields.getUint32(at + POSITION_AT, true);
    const lengthBytes = fields.getUint32(at + LENGTH_AT, true);
    const whole =
      equal(group, position, at + BATCH_HEADER_AT, BATCH_HEADER_BYTES) &&
      batchSizeBytes(group, position) === lengthBytes &&
      batchCrc(group, position) === fields.getUint32(position + BATCH_CRC_AT, false);
    if (!whole) yield position;
  }
}

function equal(bytes: Uint8Array, a: number, b: number, lengthBytes: number): boolean {
  for (let i = 0; i < lengthBytes; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}
