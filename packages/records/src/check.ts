// Whether a producer's batch is what it says, judged by its header and checksum alone: the hot path of every produce.
import { crc32c } from "@moldau/std";
import { isSafeInt64, readInt16, readInt32, readInt64, readUint32 } from "./bytes.js";
import { COMPRESSIONS } from "./compression/names.js";
import { batchMagic, batchSizeBytes } from "./header.js";
import * as layout from "./layout.js";

/** Kafka's name of the error that answers a fault. */
export type FaultError = "CORRUPT_MESSAGE" | "INVALID_RECORD" | "INVALID_TIMESTAMP" | "UNSUPPORTED_COMPRESSION_TYPE";

export type FaultKind =
  | "truncated"
  | "length"
  | "magic"
  | "crc"
  | "compression"
  | "control"
  | "timestamp"
  | "producer"
  | "offset"
  | "count"
  | "sequence";

/** What is wrong with a batch, and what to answer. */
export interface BatchFault {
  readonly kind: FaultKind;
  readonly error: FaultError;
  readonly message: string;
}

const fault = (kind: FaultKind, error: FaultError, message: string): BatchFault => ({ kind, error, message });

/**
 * Checks the producer's batch at `position` of bytes that end at `limit`: undefined, or the first fault. Records are not parsed.
 * After it, `readBatchHeader` does not throw.
 */
export function checkBatch(bytes: Uint8Array, position: number, limit: number): BatchFault | undefined {
  return checkFrame(bytes, position, limit) ?? checkCrc(bytes, position) ?? checkFields(bytes, position);
}

/** Checks a batch as it is stored, whoever wrote it: that it is whole, of magic 2, and what its checksum was made of. */
export function checkStoredBatch(bytes: Uint8Array, position: number, limit: number): BatchFault | undefined {
  return checkFrame(bytes, position, limit) ?? checkCrc(bytes, position);
}

/** Size and magic: what must hold before any other field means anything. */
function checkFrame(bytes: Uint8Array, position: number, limit: number): BatchFault | undefined {
  const available = limit - position;
  if (available < layout.MAGIC_PREFIX_BYTES) return fault("truncated", "INVALID_RECORD", `${available} bytes are no record batch`);
  const magic = batchMagic(bytes, position);
  if (magic < 0 || magic > layout.CURRENT_MAGIC) return fault("magic", "CORRUPT_MESSAGE", `record batch of unknown magic ${magic}`);
  if (magic < layout.CURRENT_MAGIC) return fault("magic", "INVALID_RECORD", `record batches must be of magic 2; this one is of ${magic}`);
  const sizeBytes = batchSizeBytes(bytes, position);
  if (sizeBytes < layout.BATCH_HEADER_BYTES) return fault("length", "CORRUPT_MESSAGE", `a record batch cannot be of ${sizeBytes} bytes`);
  if (sizeBytes > available) return fault("truncated", "INVALID_RECORD", `record batch of ${sizeBytes} bytes is cut off at ${available}`);
  return undefined;
}

function checkCrc(bytes: Uint8Array, position: number): BatchFault | undefined {
  const stored = readUint32(bytes, position + layout.CRC_AT);
  const computed = batchCrc(bytes, position);
  if (stored === computed) return undefined;
  return fault("crc", "CORRUPT_MESSAGE", `record batch says its crc32c is ${stored}, but it is ${computed}`);
}

/** The checksum that the batch's bytes have, whatever its crc field says. */
export function batchCrc(bytes: Uint8Array, position: number): number {
  return crc32c(bytes.subarray(position + layout.ATTRIBUTES_AT, position + batchSizeBytes(bytes, position)));
}

function checkFields(bytes: Uint8Array, position: number): BatchFault | undefined {
  const attributes = readInt16(bytes, position + layout.ATTRIBUTES_AT);
  const compression = attributes & layout.COMPRESSION_BITS;
  if (compression >= COMPRESSIONS.length) return fault("compression", "UNSUPPORTED_COMPRESSION_TYPE", `unknown compression ${compression}`);
  if ((attributes & layout.CONTROL_BIT) !== 0) return fault("control", "INVALID_RECORD", "producers cannot write control records");
  if ((attributes & layout.LOG_APPEND_TIME_BIT) !== 0) return fault("timestamp", "INVALID_TIMESTAMP", "producers cannot set LogAppendTime");
  return checkRange(bytes, position) ?? checkCounts(bytes, position) ?? checkSequence(bytes, position);
}

function checkRange(bytes: Uint8Array, position: number): BatchFault | undefined {
  if (!isSafeInt64(bytes, position + layout.BASE_TIMESTAMP_AT) || !isSafeInt64(bytes, position + layout.MAX_TIMESTAMP_AT))
    return fault("timestamp", "INVALID_TIMESTAMP", "a timestamp of the record batch is beyond 2^53");
  if (isSafeInt64(bytes, position + layout.PRODUCER_ID_AT)) return undefined;
  return fault("producer", "INVALID_RECORD", "the producer id of the record batch is beyond 2^53");
}

function checkCounts(bytes: Uint8Array, position: number): BatchFault | undefined {
  if (!isSafeInt64(bytes, position) || readInt64(bytes, position) !== 0)
    return fault("offset", "INVALID_RECORD", "the base offset of a produced record batch must be 0");
  const lastOffsetDelta = readInt32(bytes, position + layout.LAST_OFFSET_DELTA_AT);
  const recordCount = readInt32(bytes, position + layout.RECORD_COUNT_AT);
  if (recordCount > 0 && recordCount === lastOffsetDelta + 1) return undefined;
  return fault("count", "INVALID_RECORD", `record batch of ${recordCount} records with last offset delta ${lastOffsetDelta}`);
}

function checkSequence(bytes: Uint8Array, position: number): BatchFault | undefined {
  const producerId = readInt64(bytes, position + layout.PRODUCER_ID_AT);
  const baseSequence = readInt32(bytes, position + layout.BASE_SEQUENCE_AT);
  if (producerId < 0 || baseSequence >= 0) return undefined;
  return fault("sequence", "INVALID_RECORD", `producer ${producerId} sent the sequence number ${baseSequence}`);
}
