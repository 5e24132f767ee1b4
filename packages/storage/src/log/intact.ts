// Whether a batch that was read back is the one that was written: its checksum, and what the checksum leaves out.
import { BATCH_HEADER_BYTES, batchBaseOffset, batchCrc, batchMagic, batchSizeBytes, CURRENT_MAGIC, readBatchHeader } from "@moldau/records";
import { CorruptionError } from "../errors.js";
import type { GroupLocation } from "../journal/journal.js";

/** True when `bytes` are exactly one batch, with that base offset and a right crc32c. */
export function isIntact(bytes: Uint8Array, baseOffset: number): boolean {
  if (bytes.length < BATCH_HEADER_BYTES || batchMagic(bytes, 0) !== CURRENT_MAGIC || batchSizeBytes(bytes, 0) !== bytes.length)
    return false;
  const computed = batchCrc(bytes, 0);
  try {
    return batchBaseOffset(bytes, 0) === baseOffset && readBatchHeader(bytes, 0).crc === computed;
  } catch {
    return false;
  }
}

/** The error that names where in the journal the batch at `position` of a group is damaged. */
export const damagedInJournal = (group: GroupLocation, position: number, baseOffset: number): CorruptionError =>
  new CorruptionError(`journal file ${group.file}`, group.position + position, `the batch at offset ${baseOffset} is not what was written`);
