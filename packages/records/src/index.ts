export { type BatchFault, batchCrc, checkBatch, type FaultError, type FaultKind } from "./check.js";
export { COMPRESSIONS, type CompressionName, compressionId, compressionName } from "./compression/names.js";
export { RecordsError } from "./errors.js";
export {
  type BatchHeader,
  batchAttributes,
  batchBaseOffset,
  batchCompression,
  batchLastOffset,
  batchLeaderEpoch,
  batchMagic,
  batchMaxTimestamp,
  batchProducerId,
  batchRecordCount,
  batchSizeBytes,
  readBatchHeader,
  type TimestampType,
} from "./header.js";
export { ABSENT, BATCH_HEADER_BYTES, BATCH_LENGTH_OVERHEAD, CURRENT_MAGIC } from "./layout.js";
export { patchBatch, setLogAppendTime } from "./patch.js";
export { batches, nextBatch } from "./walk.js";
