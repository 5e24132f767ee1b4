// The header of a record batch, written.
import { writeInt16, writeInt32, writeInt64 } from "./bytes.js";
import { type CompressionName, compressionId } from "./compression/names.js";
import type { TimestampType } from "./header.js";
import * as layout from "./layout.js";

/** Fields left out are absent, or zero. */
export interface HeaderFields {
  readonly attributes: number;
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly recordCount: number;
}

/** All but the crc, of a batch that has its length. */
export function writeBatchHeader(batch: Uint8Array, fields: HeaderFields): void {
  writeInt64(batch, layout.BASE_OFFSET_AT, fields.baseOffset ?? 0);
  writeInt32(batch, layout.LENGTH_AT, batch.length - layout.BATCH_LENGTH_OVERHEAD);
  writeInt32(batch, layout.LEADER_EPOCH_AT, fields.leaderEpoch ?? layout.ABSENT);
  batch[layout.MAGIC_AT] = layout.CURRENT_MAGIC;
  writeInt16(batch, layout.ATTRIBUTES_AT, fields.attributes);
  writeInt32(batch, layout.LAST_OFFSET_DELTA_AT, fields.lastOffsetDelta);
  writeInt64(batch, layout.BASE_TIMESTAMP_AT, fields.baseTimestamp);
  writeInt64(batch, layout.MAX_TIMESTAMP_AT, fields.maxTimestamp);
  writeInt64(batch, layout.PRODUCER_ID_AT, fields.producerId ?? layout.ABSENT);
  writeInt16(batch, layout.PRODUCER_EPOCH_AT, fields.producerEpoch ?? layout.ABSENT);
  writeInt32(batch, layout.BASE_SEQUENCE_AT, fields.baseSequence ?? layout.ABSENT);
  writeInt32(batch, layout.RECORD_COUNT_AT, fields.recordCount);
}

export interface AttributeFields {
  readonly compression?: CompressionName;
  readonly timestampType?: TimestampType;
  readonly transactional?: boolean;
  readonly control?: boolean;
}

export function attributesOf({ compression = "none", timestampType, transactional, control }: AttributeFields): number {
  return (
    compressionId(compression) |
    (timestampType === "LogAppendTime" ? layout.LOG_APPEND_TIME_BIT : 0) |
    (transactional ? layout.TRANSACTIONAL_BIT : 0) |
    (control ? layout.CONTROL_BIT : 0)
  );
}
