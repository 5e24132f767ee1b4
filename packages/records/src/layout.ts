// Where the fields of a record batch of magic 2 are (KIP-98). Integers are big-endian; the crc covers attributes to the end.
//
//   0            8            12             16      17        21           23                27
//   ┌────────────┬────────────┬──────────────┬───────┬─────────┬────────────┬─────────────────┬────────────────┐
//   │ baseOffset │ length     │ leaderEpoch  │ magic │ crc     │ attributes │ lastOffsetDelta │ baseTimestamp  │ …
//   │ int64      │ int32      │ int32        │ int8  │ uint32  │ int16      │ int32           │ int64          │
//   └────────────┴────────────┴──────────────┴───────┴─────────┴────────────┴─────────────────┴────────────────┘
//     35             43           51              53             57            61
//     ┌──────────────┬────────────┬───────────────┬──────────────┬─────────────┬───────────────────────────────┐
//   … │ maxTimestamp │ producerId │ producerEpoch │ baseSequence │ recordCount │ records, compressed as one    │
//     │ int64        │ int64      │ int16         │ int32        │ int32       │ when attributes say so        │
//     └──────────────┴────────────┴───────────────┴──────────────┴─────────────┴───────────────────────────────┘
//
//   length       counts what follows it: the whole batch is 12 bytes more.
//   attributes   bits 0-2 compression, 3 timestamp type, 4 transactional, 5 control, 6 baseTimestamp is a delete horizon (KIP-534)
//
// Magics 0 and 1 (before Kafka 0.11) have the same first two fields, and magic where it is here: enough to tell them apart.

export const BASE_OFFSET_AT = 0;
export const LENGTH_AT = 8;
export const LEADER_EPOCH_AT = 12;
export const MAGIC_AT = 16;
export const CRC_AT = 17;
export const ATTRIBUTES_AT = 21;
export const LAST_OFFSET_DELTA_AT = 23;
export const BASE_TIMESTAMP_AT = 27;
export const MAX_TIMESTAMP_AT = 35;
export const PRODUCER_ID_AT = 43;
export const PRODUCER_EPOCH_AT = 51;
export const BASE_SEQUENCE_AT = 53;
export const RECORD_COUNT_AT = 57;
/** Bytes before the first record. */
export const BATCH_HEADER_BYTES = 61;
/** Bytes of a batch that its length field does not count. */
export const BATCH_LENGTH_OVERHEAD = 12;
/** Bytes from which a batch's magic can be read, whatever its format. */
export const MAGIC_PREFIX_BYTES = 17;

export const CURRENT_MAGIC = 2;

export const COMPRESSION_BITS = 0x07;
export const LOG_APPEND_TIME_BIT = 0x08;
export const TRANSACTIONAL_BIT = 0x10;
export const CONTROL_BIT = 0x20;
export const DELETE_HORIZON_BIT = 0x40;

/** Stands for "no timestamp", "no producer id", "no producer epoch", "no sequence", "no leader epoch" in their fields. */
export const ABSENT = -1;
