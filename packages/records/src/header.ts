// The header of a record batch, read whole (once per produced batch) or a field at a time (scans).
import { readInt16, readInt32, readInt64, readUint32 } from "./bytes.js";
import { type CompressionName, compressionName } from "./compression/names.js";
import { RecordsError } from "./errors.js";
import * as layout from "./layout.js";

export type TimestampType = "CreateTime" | "LogAppendTime";

/** The fields of layout.ts, and what follows from them. -1 stands for absent timestamps, producers, sequences and leader epochs. */
export interface BatchHeader {
  readonly baseOffset: number;
  /** As written: bytes after the length field. */
  readonly batchLength: number;
  /** The whole batch in bytes: batchLength + 12. */
  readonly sizeBytes: number;
  readonly leaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  readonly attributes: number;
  readonly compression: CompressionName;
  readonly timestampType: TimestampType;
  readonly transactional: boolean;
  readonly control: boolean;
  /** baseTimestamp is the time from which a tombstone may go (KIP-534), and not the first record's. */
  readonly deleteHorizon: boolean;
  readonly lastOffsetDelta: number;
  readonly lastOffset: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** The header at `position`. Throws RecordsError when it is cut off, of another magic, or holds an integer beyond 2^53. */
export function readBatchHeader(bytes: Uint8Array, position: number): BatchHeader {
  if (position < 0 || position + layout.BATCH_HEADER_BYTES > bytes.length) throw new RecordsError("a batch header is cut off");
  const magic = batchMagic(bytes, position);
  if (magic !== layout.CURRENT_MAGIC) throw new RecordsError(`record batch of magic ${magic}, not 2`);
  const baseOffset = readInt64(bytes, position);
  const batchLength = readInt32(bytes, position + layout.LENGTH_AT);
  const attributes = readInt16(bytes, position + layout.ATTRIBUTES_AT);
  const lastOffsetDelta = readInt32(bytes, position + layout.LAST_OFFSET_DELTA_AT);
  return {
    baseOffset,
    batchLength,
    sizeBytes: batchLength + layout.BATCH_LENGTH_OVERHEAD,
    leaderEpoch: readInt32(bytes, position + layout.LEADER_EPOCH_AT),
    magic,
    crc: readUint32(bytes, position + layout.CRC_AT),
    attributes,
    compression: compressionName(attributes & layout.COMPRESSION_BITS),
    timestampType: (attributes & layout.LOG_APPEND_TIME_BIT) === 0 ? "CreateTime" : "LogAppendTime",
    transactional: (attributes & layout.TRANSACTIONAL_BIT) !== 0,
    control: (attributes & layout.CONTROL_BIT) !== 0,
    deleteHorizon: (attributes & layout.DELETE_HORIZON_BIT) !== 0,
    lastOffsetDelta,
    lastOffset: baseOffset + lastOffsetDelta,
    baseTimestamp: readInt64(bytes, position + layout.BASE_TIMESTAMP_AT),
    maxTimestamp: readInt64(bytes, position + layout.MAX_TIMESTAMP_AT),
    producerId: readInt64(bytes, position + layout.PRODUCER_ID_AT),
    producerEpoch: readInt16(bytes, position + layout.PRODUCER_EPOCH_AT),
    baseSequence: readInt32(bytes, position + layout.BASE_SEQUENCE_AT),
    recordCount: readInt32(bytes, position + layout.RECORD_COUNT_AT),
  };
}

// One field at a time. The caller knows that the header is within the bytes, and of magic 2.

/** The whole batch in bytes, as its length field says. */
export const batchSizeBytes = (bytes: Uint8Array, position: number): number =>
  readInt32(bytes, position + layout.LENGTH_AT) + layout.BATCH_LENGTH_OVERHEAD;

export const batchBaseOffset = (bytes: Uint8Array, position: number): number => readInt64(bytes, position);

export const batchLastOffset = (bytes: Uint8Array, position: number): number =>
  readInt64(bytes, position) + readInt32(bytes, position + layout.LAST_OFFSET_DELTA_AT);

export const batchMaxTimestamp = (bytes: Uint8Array, position: number): number => readInt64(bytes, position + layout.MAX_TIMESTAMP_AT);

/** 0, 1 or 2 (signed, so that garbage is not mistaken for a later format). Valid for every format. */
export const batchMagic = (bytes: Uint8Array, position: number): number => ((bytes[position + layout.MAGIC_AT] as number) << 24) >> 24;

export const batchLeaderEpoch = (bytes: Uint8Array, position: number): number => readInt32(bytes, position + layout.LEADER_EPOCH_AT);

export const batchAttributes = (bytes: Uint8Array, position: number): number => readInt16(bytes, position + layout.ATTRIBUTES_AT);

export const batchProducerId = (bytes: Uint8Array, position: number): number => readInt64(bytes, position + layout.PRODUCER_ID_AT);

export const batchProducerEpoch = (bytes: Uint8Array, position: number): number => readInt16(bytes, position + layout.PRODUCER_EPOCH_AT);

export const batchBaseSequence = (bytes: Uint8Array, position: number): number => readInt32(bytes, position + layout.BASE_SEQUENCE_AT);

export const batchRecordCount = (bytes: Uint8Array, position: number): number => readInt32(bytes, position + layout.RECORD_COUNT_AT);

/** The compression in a batch's attributes. Throws RecordsError for the ids 5 to 7, which mean nothing. */
export const batchCompression = (bytes: Uint8Array, position: number): CompressionName =>
  compressionName(batchAttributes(bytes, position) & layout.COMPRESSION_BITS);
